import { describe, expect, test } from "vitest";
import { visible, xRange, yRange } from "../../../extension/webview/dashboard/model/range";

const slice = (values: number[], smoothed = values) => {
  const raw = Float64Array.from(values);
  return {
    raw,
    smoothed: smoothed === values ? raw : Float64Array.from(smoothed),
    from: 0,
    to: values.length,
  };
};
const noisy = Array.from({ length: 200 }, (_, i) => 1 + 0.1 * Math.sin(i));

describe("the y range", () => {
  test("holds raw and smoothed values with a little room", () => {
    const range = yRange([slice([2, 4], [1.5, 4.5])], false, false);
    expect(range.min).toBeCloseTo(1.32);
    expect(range.max).toBeCloseTo(4.68);
  });

  test("keeps zero where values start at it", () => {
    expect(yRange([slice([0, 1e-4])], false, false).min).toBe(0);
  });

  test("what is not finite has no say", () => {
    const range = yRange([slice([1, Number.NaN, Number.POSITIVE_INFINITY, 2])], false, true);
    expect(range).toMatchObject({ above: 0, below: 0 });
    expect(range.max).toBeLessThan(3);
  });

  test("few far values are left out and counted", () => {
    const range = yRange([slice([...noisy, 50, 60])], false, true);
    expect(range.max).toBeLessThan(2);
    expect(range).toMatchObject({ above: 2, below: 0 });
    expect(yRange([slice([...noisy, 50, 60])], false, false)).toMatchObject({ above: 0 });
  });

  test("a start that is merely higher is not an outlier", () => {
    const falling = Array.from({ length: 300 }, (_, i) => 0.3 + Math.exp(-i / 60));
    expect(yRange([slice(falling)], false, true)).toMatchObject({ above: 0, below: 0 });
  });

  test("on a log axis is in exponents, and counts what has no place", () => {
    const range = yRange([slice([0.01, 100, 0, -3])], true, true);
    expect(range.min).toBeLessThan(-2);
    expect(range.max).toBeGreaterThan(2);
    expect(range.notPositive).toBe(2);
  });

  test("exists without data and for a constant", () => {
    expect(yRange([], false, true)).toMatchObject({ min: 0, max: 1 });
    expect(yRange([slice([5, 5, 5])], false, true)).toMatchObject({ min: 4.5, max: 5.5 });
    expect(yRange([slice([0])], false, true).max).toBeGreaterThan(0);
  });

  test("a constant that smoothing left in its last digits is still a constant", () => {
    const rate = Math.fround(5e-5);
    const smoothed = [rate, rate * (1 + 2 ** -52), rate * (1 - 2 ** -52)];
    for (const log of [false, true]) {
      const { min, max } = yRange([slice([rate, rate, rate], smoothed)], log, true);
      expect(max - min).toBeGreaterThan(log ? 0.5 : 5e-6);
    }
  });
});

describe("the x range", () => {
  test("spans all lines, from zero when they start near it", () => {
    expect(xRange([Float64Array.of(10, 500), Float64Array.of(5, 842)])).toEqual({ min: 0, max: 842 });
    expect(xRange([Float64Array.of(800, 900)])).toEqual({ min: 800, max: 900 });
  });

  test("exists without data and for one point", () => {
    expect(xRange([])).toEqual({ min: 0, max: 1 });
    expect(xRange([Float64Array.of(5)])).toEqual({ min: 0, max: 5 });
    expect(xRange([Float64Array.of(0)])).toEqual({ min: 0, max: 1 });
  });

  test("what is seen has one point more on each side", () => {
    const xs = Float64Array.of(0, 10, 20, 30, 40, 50);
    expect(visible(xs, { min: 15, max: 35 })).toEqual({ from: 1, to: 5 });
    expect(visible(xs, { min: 0, max: 50 })).toEqual({ from: 0, to: 6 });
  });
});
