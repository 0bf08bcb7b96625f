import { describe, expect, it } from "vitest";
import {
  count,
  duration,
  pace,
  roughly,
  runLabel,
  runTag,
  scalar,
  steps,
} from "../../../extension/shared/format";

describe("the names of a run", () => {
  it.each([["20261122-101500-3f2a", "#3f2a", "sentiment #3f2a"]])("%s", (id, tag, label) => {
    expect(runTag({ id })).toBe(tag);
    expect(runLabel({ id, name: "sentiment" })).toBe(label);
  });
});

describe("counts", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [1250, "1,250"],
    [1_234_567, "1,234,567"],
  ])("%d", (value, text) => expect(count(value)).toBe(text));

  it("of steps name the total once it is known", () => {
    expect(steps(842, 1250)).toBe("842 / 1,250");
    expect(steps(842, null)).toBe("842");
  });
});

describe("how fast a run steps", () => {
  it.each([
    [87.6, "88 steps/s"],
    [1.65, "1.6 steps/s"],
    [1, "1.0 steps/s"],
    [0.3125, "3.2 s/step"],
    [0.02, "50 s/step"],
  ])("%d", (stepsPerSecond, text) => expect(pace(stepsPerSecond)).toBe(text));
});

describe("scalars", () => {
  it.each([
    [0, "0.000"],
    [0.2467, "0.247"],
    [-0.5, "−0.500"],
    [13.24, "13.2"],
    [1234.5, "1235"],
    [0.000052, "5.2e−5"],
    [250_000, "2.5e5"],
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "−inf"],
  ])("%d", (value, text) => expect(scalar(value)).toBe(text));
});

describe("durations", () => {
  it.each([
    [0.4, "0 s", "0 s"],
    [50, "50 s", "50 s"],
    [59.6, "1 min 00 s", "1 min"],
    [247, "4 min 07 s", "4 min"],
    [3599.7, "1 h 00 min", "1.0 h"],
    [3900, "1 h 05 min", "1.1 h"],
  ])("%d seconds", (seconds, exact, rough) => {
    expect(duration(seconds)).toBe(exact);
    expect(roughly(seconds)).toBe(rough);
  });
});
