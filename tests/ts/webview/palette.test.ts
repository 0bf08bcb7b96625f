import { expect, test } from "vitest";
import { assignColors, seriesColor } from "../../../extension/webview/dashboard/model/palette";

test("a run keeps its colour; a new one gets the lowest that is free", () => {
  const first = assignColors(new Map(), ["a", "b"]);
  expect([...first]).toEqual([
    ["a", 0],
    ["b", 1],
  ]);
  expect(assignColors(new Map([["b", 1]]), ["b", "c"]).get("c")).toBe(0);
  expect(assignColors(first, ["b"]).get("a")).toBe(0);
});

test("with eight colours given, a new run takes one from a run that is not drawn before it is dashed", () => {
  const eight = assignColors(new Map(), [..."abcdefgh"]);
  const next = assignColors(eight, [..."abdefghi"]);
  expect(next.get("i")).toBe(eight.get("c"));
  expect(next.has("c")).toBe(false);
  expect(assignColors(eight, [..."abcdefghi"]).get("i")).toBe(8);
});

test("the ninth run has the first colour, dashed", () => {
  expect(seriesColor(8, true)).toEqual({ ...seriesColor(0, true), dashed: true });
});

const background = { dark: 0x1f, light: 0xff };

test.each(["dark", "light"] as const)("every colour stands out 3:1 in %s", (kind) => {
  for (let index = 0; index < 8; index++) {
    const { color } = seriesColor(index, kind === "dark");
    const channels = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
    expect(contrast(luminance(channels), luminance(Array(3).fill(background[kind])))).toBeGreaterThanOrEqual(
      3,
    );
  }
});

function luminance(channels: number[]): number {
  const [red = 0, green = 0, blue = 0] = channels.map((each) =>
    each / 255 <= 0.04045 ? each / 255 / 12.92 : ((each / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: number, two: number): number {
  return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
}
