import { describe, expect, test } from "vitest";
import { Smoother } from "../../../extension/webview/dashboard/model/smoothing";

const smooth = (weight: number, values: number[]) => [
  ...new Smoother(weight).extend(Float64Array.from(values)),
];

describe("smoothing", () => {
  test("starts at the first value and follows the debiased average", () => {
    const [first, second, third] = smooth(0.5, [4, 8, 2]) as [number, number, number];
    expect(first).toBe(4);
    expect(second).toBeCloseTo((0.5 * 2 + 0.5 * 8) / 0.75, 12);
    expect(third).toBeCloseTo((0.5 * 5 + 0.5 * 2) / 0.875, 12);
  });

  test("a constant stays that constant", () => {
    for (const value of smooth(0.97, Array(50).fill(0.3))) {
      expect(value).toBeCloseTo(0.3, 12);
    }
  });

  test("what is not finite is a gap, and does not touch the average", () => {
    const withGap = smooth(0.6, [1, 2, Number.NaN, Number.POSITIVE_INFINITY, 3]);
    expect(withGap.slice(2, 4)).toEqual([Number.NaN, Number.NaN]);
    expect(withGap[4]).toBe(smooth(0.6, [1, 2, 3])[2]);
  });

  test("points that come later give the same line as all at once", () => {
    const values = Array.from({ length: 200 }, (_, i) => Math.sin(i));
    const smoother = new Smoother(0.9);
    smoother.extend(Float64Array.from(values.slice(0, 70)));
    expect([...smoother.extend(Float64Array.from(values))]).toEqual(smooth(0.9, values));
  });
});
