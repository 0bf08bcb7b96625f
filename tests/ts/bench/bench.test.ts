import { describe, expect, test } from "vitest";
import { printed } from "../../bench/print.ts";
import { type Figure, row } from "../../bench/row.ts";
import { median, quantile } from "../../bench/stats.ts";
import { delays } from "../../bench/streams.ts";
import { BENCHMARKS, choose } from "../../bench/table.ts";

const figure: Figure = { what: "start", value: 123.456, unit: "ms" };
const peer = { name: "other", value: 100 };

describe("a row", () => {
  test("is judged by its value, or by its ratio to the peer", () => {
    const byValue = row({ ...figure, peer, goal: { text: "≤ 1 s", most: 1000, of: "value" } });
    expect(byValue).toMatchObject({ value: 123, peer_value: 100, ratio: 1.23, met: true });
    const byRatio = row({ ...figure, peer, goal: { text: "≤ 1.0 ×", most: 1, of: "ratio" } });
    expect(byRatio).toMatchObject({ goal: "≤ 1.0 ×", met: false });
  });

  test("without a peer or a goal says so", () => {
    expect(row(figure)).toMatchObject({ peer: null, peer_value: null, ratio: null, goal: null, met: null });
  });

  test("that is judged by a ratio it does not have is not judged", () => {
    expect(row({ ...figure, goal: { text: "≤ 1.0 ×", most: 1, of: "ratio" } }).met).toBeNull();
  });

  test("is rounded after it was judged", () => {
    const goal = { text: "≤ 150 ms", most: 150, of: "value" } as const;
    expect(row({ ...figure, value: 150.4, goal })).toMatchObject({ value: 150, met: false });
  });
});

test("the table is aligned, numbers to the right", () => {
  const rows = [
    { id: "P3", ...row({ ...figure, peer }) },
    { id: "P6", ...row({ ...figure, what: "a longer one", value: 7 }) },
  ];
  const [, , first, second] = printed(rows).split("\n");
  expect(first?.indexOf(" ms")).toBe(second?.indexOf(" ms"));
  expect(first).toContain("1.23 ×");
  expect(second).toContain("–");
});

test("quantiles are values that were measured", () => {
  const values = [5, 1, 4, 2, 3];
  expect(median(values)).toBe(3);
  expect(quantile(values, 0.95)).toBe(5);
  expect(values[0]).toBe(5);
  expect(() => median([])).toThrow("No value");
});

describe("the delay of an event", () => {
  const written = [1, 2, 3].map((step) => ({ run: "a", step, at: step * 100 }));

  test("ends when its step, or a later one, is seen in its own run", () => {
    const seen = [
      { run: "b", step: 9, at: 101 },
      { run: "a", step: 2, at: 250 },
      { run: "a", step: 3, at: 310 },
    ];
    expect(delays(written, seen, 0, 1000)).toEqual([150, 50, 10]);
    expect(delays(written, seen, 200, 200)).toEqual([50]);
  });

  test("that nobody saw is an error, not a missing value", () => {
    expect(() => delays(written, [{ run: "a", step: 2, at: 250 }], 0, 1000)).toThrow("Step 3 of a");
  });
});

test("benchmarks are chosen by id; an unknown one is named", () => {
  expect(choose([]).map(([id]) => id)).toEqual(Object.keys(BENCHMARKS));
  expect(choose(["P6"]).map(([id]) => id)).toEqual(["P6"]);
  expect(() => choose(["P3", "P99"])).toThrow("No benchmark is named P99");
});
