import { describe, expect, test } from "vitest";
import type { Line } from "../../../extension/webview/dashboard/model/line";
import { thin } from "../../../extension/webview/dashboard/model/marks";
import { type SceneInput, sceneOf } from "../../../extension/webview/dashboard/model/scene";
import { aLine, append, seriesOf } from "./lines";

function scene(lines: Line[], change: Partial<SceneInput> = {}) {
  return sceneOf({
    tag: "train/loss",
    lines,
    x: { min: 0, max: 100 },
    y: { min: 0, max: 10, above: 0, below: 0, notPositive: 0 },
    log: false,
    projection: { xMin: 0, xMax: 100, yMin: 0, yMax: 10, left: 0, top: 20, width: 100, height: 100 },
    ratio: 1,
    measure: () => 20,
    ...change,
  });
}

describe("a scene", () => {
  test("the raw line is drawn only under a smoothed one", () => {
    const series = seriesOf([1, 2, 3]);
    expect(scene([aLine(series)]).lines[0]?.raw).toBeNull();
    expect(scene([aLine(series, {}, 0.6)]).lines[0]?.raw).not.toBeNull();
  });

  test("NaN breaks raw and smoothed line, and is a mark with a hairline", () => {
    const { lines, marks } = scene([
      aLine(seriesOf([1, 2, Number.NaN, 4, 5], [10, 20, 30, 40, 50]), {}, 0.6),
    ]);
    for (const points of [lines[0]?.raw, lines[0]?.main]) {
      expect(points?.filter(Number.isNaN)).toHaveLength(2);
    }
    expect(marks).toMatchObject([{ kind: "non-finite", pixel: 30, color: null, hairline: "solid" }]);
  });

  test("a point between two breaks is a dot", () => {
    const { lines } = scene([aLine(seriesOf([1, Number.NaN, 5, Number.NaN], [10, 20, 30, 40]))]);
    expect(lines[0]?.dots).toEqual([10, 110, 30, 70]);
  });

  test("evaluations are all dots, and the best of all runs is marked", () => {
    const low = aLine(seriesOf([0.2, 0.5], [10, 20]), { runId: "low" });
    const high = aLine(seriesOf([0.9, 0.8], [10, 20]), { runId: "high" });
    const { lines, marks } = scene([low, high], { tag: "eval/f1" });
    expect(lines.map(({ dots }) => dots.length)).toEqual([4, 4]);
    expect(marks).toMatchObject([{ kind: "best", runId: "high", pixel: 10, text: "0.900" }]);
    expect(scene([low, high], { tag: "eval/loss" }).marks).toMatchObject([{ runId: "low" }]);
  });

  test("the focused run is painted last", () => {
    const series = seriesOf([1]);
    const lines = [aLine(series, { runId: "a", focused: true }), aLine(series, { runId: "b" })];
    expect(scene(lines).lines.map(({ focused }) => focused)).toEqual([false, true]);
  });

  test("labels stand right of the lines' ends, twelve pixels apart; a live end has a halo", () => {
    const lines = ["a", "b"].map((runId) =>
      aLine(seriesOf([5, 5], [10, 50]), { runId, label: runId, live: runId === "b" }),
    );
    const { labels, lines: drawn } = scene(lines);
    expect(labels.map(({ text, x }) => [text, x])).toEqual([
      ["a", 57],
      ["b", 57],
    ]);
    expect((labels[1]?.y ?? 0) - (labels[0]?.y ?? 0)).toBe(12);
    expect(drawn.map(({ head }) => head?.live)).toEqual([false, true]);
  });

  test("a line that ends beyond the axis has its label at the edge and no dot", () => {
    const { labels, lines } = scene([aLine(seriesOf([5, 50]))]);
    expect(lines[0]?.head?.outside).toBe(true);
    expect(labels[0]?.y).toBe(24);
  });

  test("clipped points, a resumed run and a stopped one have their marks", () => {
    const series = seriesOf([1, 20, 3], [10, 20, 40]);
    append(series, [2], [30]);
    const { marks } = scene([aLine(series, { stopped: true })], {
      y: { min: 0, max: 10, above: 1, below: 0, notPositive: 0 },
    });
    expect(marks.map(({ kind, pixel }) => [kind, pixel])).toEqual([
      ["clipped", 20],
      ["resumed", 30],
      ["stopped", 30],
    ]);
  });
});

test("marks that lie on each other are one", () => {
  const mark = (x: number, runId = "a") => ({ kind: "non-finite" as const, x, runId, color: null });
  const kept = thin([mark(1), mark(2), mark(12), mark(13, "b")], (x) => x, 9);
  expect(kept.map(({ x }) => x)).toEqual([1, 12]);
});

test("a line that goes on beyond a zoomed plot has its label at the edge", () => {
  const { labels, lines } = scene([aLine(seriesOf([2, 4, 8], [50, 90, 130]))]);
  expect(lines[0]?.head).toEqual({ x: 100, y: 70, live: false, outside: true });
  expect(labels[0]?.x).toBe(107);
});
