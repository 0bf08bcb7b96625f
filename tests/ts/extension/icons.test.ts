import { describe, expect, it } from "vitest";
import { ringFiles } from "../../../extension/rings.mjs";

describe("the ring icons", () => {
  const rings = new Map(ringFiles() as [string, string][]);
  const arc = (path: string) => /stroke-dasharray="([\d.]+)/.exec(rings.get(path) ?? "")?.[1];

  it("stand for 0 to 8 eighths in both themes", () => {
    const names = (theme: string) => Array.from({ length: 9 }, (_, step) => `${theme}/${step}.svg`);
    expect([...rings.keys()]).toEqual([...names("light"), ...names("dark")]);
  });

  it("have an arc as long as the progress", () => {
    const whole = Number(arc("dark/8.svg"));
    expect(arc("dark/0.svg")).toBeUndefined();
    expect(Number(arc("dark/2.svg"))).toBeCloseTo(whole / 4, 1);
  });
});
