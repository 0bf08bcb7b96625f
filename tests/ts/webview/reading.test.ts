import { describe, expect, test } from "vitest";
import {
  nearest,
  neighbour,
  readAt,
  readLast,
  sortReadings,
} from "../../../extension/webview/dashboard/model/reading";
import { summaryText } from "../../../extension/webview/dashboard/model/summary";
import { aLine, seriesOf } from "./lines";

const dense = aLine(seriesOf([5, 4, 3, 2, 1], [10, 20, 30, 40, 50]), { runId: "dense" });
const sparse = aLine(seriesOf([0.5, 0.7], [20, 40]), { runId: "sparse" });

describe("reading a line", () => {
  test("at a logged step, and between two the earlier one", () => {
    expect(readAt(dense, 30)).toMatchObject({ index: 2, raw: 3 });
    expect(readAt(sparse, 35)).toMatchObject({ index: 0, raw: 0.5 });
  });

  test("before its first and after its last point there is nothing to read", () => {
    expect(readAt(sparse, 10).index).toBe(-1);
    expect(readAt(sparse, 41).index).toBe(-1);
  });

  test("NaN is read as NaN however smooth the line is", () => {
    const line = aLine(seriesOf([1, 2, Number.NaN]), {}, 0.9);
    expect(readLast(line)).toMatchObject({ index: 2, raw: Number.NaN, smoothed: Number.NaN });
  });

  test("what is not finite is told first, what there is not last", () => {
    const readings = [
      readAt(sparse, 50),
      readAt(dense, 50),
      readLast(aLine(seriesOf([Number.NaN]), { runId: "broken" })),
      readLast(aLine(seriesOf([7]), { runId: "high" })),
    ];
    expect(sortReadings(readings).map(({ line }) => line.runId)).toEqual([
      "broken",
      "high",
      "dense",
      "sparse",
    ]);
  });
});

describe("the crosshair", () => {
  test("stands on the nearest logged point of any line", () => {
    expect(nearest([sparse], 29)).toEqual({ runId: "sparse", step: 20, x: 20 });
    expect(nearest([sparse, dense], 29)).toEqual({ runId: "dense", step: 30, x: 30 });
    expect(nearest([], 29)).toBeNull();
  });

  test("goes from point to point and stays at the ends", () => {
    expect(neighbour([sparse, dense], 20, 1)?.x).toBe(30);
    expect(neighbour([sparse, dense], 20, -1)?.x).toBe(10);
    expect(neighbour([sparse, dense], 50, 1)?.x).toBe(50);
    expect(neighbour([sparse], Number.POSITIVE_INFINITY, -1)?.x).toBe(40);
  });
});

test("a chart in words", () => {
  const lines = [dense, aLine(seriesOf([1, Number.NaN], [1, 1612]), { label: "#91bc" })];
  expect(summaryText("train/loss", lines)).toBe(
    "train/loss: #aaaa 1.0000 at step 50; #91bc NaN at step 1,612, 1 value not finite.",
  );
  expect(summaryText("train/loss", [])).toBe("train/loss: no data.");
});
