import { describe, expect, test } from "vitest";
import { type Projection, projectY, trace } from "../../../extension/webview/dashboard/model/decimate";

const unit = (change: Partial<Projection> = {}): Projection => ({
  xMin: 0,
  xMax: 100,
  yMin: 0,
  yMax: 10,
  left: 0,
  top: 0,
  width: 100,
  height: 10,
  ...change,
});

const traced = (xs: number[], ys: number[], p = unit(), log = false) => {
  const points = trace(Float64Array.from(xs), Float64Array.from(ys), 0, xs.length, log, p);
  return Array.from({ length: points.length / 2 }, (_, i) => [points[2 * i], points[2 * i + 1]]);
};

describe("a trace", () => {
  test("maps each point when there is room", () => {
    expect(traced([0, 50, 100], [10, 5, 0])).toEqual([
      [0, 0],
      [50, 5],
      [100, 10],
    ]);
  });

  test("breaks where there is no number, once for any number of them", () => {
    const points = traced([0, 10, 20, 30, 40], [1, Number.NaN, Number.POSITIVE_INFINITY, Number.NaN, 2]);
    expect(points).toEqual([
      [0, 9],
      [Number.NaN, Number.NaN],
      [40, 8],
    ]);
  });

  test("a log axis has no place for what is not above zero", () => {
    const p = unit({ yMin: 0, yMax: 2, height: 2 });
    expect(traced([0, 10, 20], [100, -1, 1], p, true)).toEqual([
      [0, 0],
      [Number.NaN, Number.NaN],
      [20, 2],
    ]);
  });

  test("of many points in a pixel the first, least, greatest and last stay, in their order", () => {
    const xs = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
    expect(traced(xs, [5, 9, 4, 1, 3, 6]).map(([x]) => x)).toEqual([0.1, 0.2, 0.4, 0.6]);
  });

  test("a million points become few, and no extreme is lost", () => {
    const count = 1_000_000;
    const xs = Float64Array.from({ length: count }, (_, i) => (i * 100) / count);
    const ys = Float64Array.from({ length: count }, (_, i) => 5 + Math.sin(i));
    ys[123_456] = 9.75;
    ys[654_321] = 0.25;
    const points = trace(xs, ys, 0, count, false, unit());
    expect(points.length / 2).toBeLessThanOrEqual(4 * 101);
    expect(Math.min(...points.filter((_, i) => i % 2 === 1))).toBe(projectY(unit(), 9.75));
    expect(Math.max(...points.filter((_, i) => i % 2 === 1))).toBe(projectY(unit(), 0.25));
  });
});
