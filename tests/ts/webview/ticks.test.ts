import { describe, expect, test } from "vitest";
import * as ticks from "../../../extension/webview/dashboard/model/ticks";

describe("where ticks stand", () => {
  test.each([
    [{ min: 0.15, max: 1.1 }, [0.2, 0.4, 0.6, 0.8, 1]],
    [{ min: 0.61, max: 0.91 }, [0.65, 0.7, 0.75, 0.8, 0.85, 0.9]],
    [{ min: 0, max: 2.1e-4 }, [0, 5e-5, 1e-4, 1.5e-4, 2e-4]],
    [{ min: 0, max: 3.6 }, [0, 1, 2, 3]],
  ])("four or five grid lines, as near as nice values come to that: %j", (range, expected) => {
    expect(ticks.gridTicks(range)).toEqual(expected);
  });

  test("a span too small to count in ends without a tick", () => {
    expect(ticks.gridTicks({ min: 5e-5, max: 5e-5 * (1 + 2 ** -52) })).toEqual([]);
    expect(ticks.gridTicks({ min: 1, max: 1 })).toEqual([]);
  });

  test("steps are whole", () => {
    expect(ticks.stepTicks({ min: 0, max: 3 }, 8)).toEqual([0, 1, 2, 3]);
    expect(ticks.stepTicks({ min: 0, max: 1250 }, 5)).toEqual([0, 250, 500, 750, 1000, 1250]);
  });

  test("times are round in seconds, minutes and hours", () => {
    expect(ticks.timeTicks({ min: 0, max: 100 }, 5)).toEqual([0, 30, 60, 90]);
    expect(ticks.timeTicks({ min: 0, max: 7200 }, 4)).toEqual([0, 1800, 3600, 5400, 7200]);
  });

  test("a log axis goes 1, 3, 10; over many decades only by powers", () => {
    const exponents = ticks.logTicks({ min: -0.6, max: 1.5 }, 5);
    expect(ticks.logLabels(exponents)).toEqual(["0.3", "1", "3", "10", "30"]);
    expect(ticks.logTicks({ min: -6, max: 3 }, 5).length).toBeLessThanOrEqual(6);
  });
});

describe("what ticks say", () => {
  test.each([
    [
      [0.2, 0.4, 1],
      ["0.2", "0.4", "1.0"],
    ],
    [
      [0, 0.05, 0.1],
      ["0", "0.05", "0.10"],
    ],
    [
      [0, 5e-5, 1.5e-4],
      ["0", "5e−5", "1.5e−4"],
    ],
    [
      [12_000, 18_000],
      ["12\u202fk", "18\u202fk"],
    ],
    [
      [0, 500, 1250],
      ["0", "500", "1,250"],
    ],
    [
      [-0.5, 0.5],
      ["−0.5", "0.5"],
    ],
  ])("%j", (values, labels) => {
    expect(ticks.valueLabels(values)).toEqual(labels);
  });

  test("times", () => {
    expect(ticks.timeLabels([0, 30, 90, 900, 5400, 7200])).toEqual([
      "0",
      "30\u202fs",
      "1 min 30 s",
      "15\u202fmin",
      "1 h 30 min",
      "2\u202fh",
    ]);
  });
});
