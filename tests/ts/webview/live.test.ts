import { describe, expect, test } from "vitest";
import { liveState, usualInterval } from "../../../extension/webview/dashboard/model/live";
import { progress, sortRuns, stateText } from "../../../extension/webview/dashboard/model/runs";
import { aRun, ended } from "../extension/samples";

describe("live", () => {
  test("says how old what is seen is", () => {
    expect(liveState(aRun(), true, 100, 0.5, 100.2)).toEqual({
      kind: "live",
      word: "Live",
      detail: "0.2\u202fs ago",
    });
  });

  test("silence that is long for this run is said", () => {
    expect(liveState(aRun(), true, 100, 0.5, 140)).toMatchObject({
      kind: "stale",
      word: "No data for 40\u202fs",
    });
    expect(liveState(aRun(), true, 100, 30, 140).kind).toBe("live");
  });

  test("while a run evaluates or saves, silence is no trouble", () => {
    expect(liveState(aRun({ phase: "evaluating" }), true, 100, 0.5, 140)).toMatchObject({
      kind: "waiting",
      word: "Evaluating",
    });
  });

  test.each(["paused", "restarting"])("a run that is %s is not called live", (phase) => {
    const word = stateText(aRun({ phase }));
    expect(liveState(aRun({ phase }), true, 100, 0.5, 100.2)).toMatchObject({ kind: "waiting", word });
  });

  test("before the first step, after the end, and without a connection", () => {
    expect(liveState(aRun({ phase: "loading" }), true, Number.NaN, Number.NaN, 5)).toMatchObject({
      kind: "waiting",
      word: "Loading",
    });
    expect(liveState(ended(), true, 100, 0.5, 900)).toMatchObject({ kind: "ended", word: "Finished" });
    expect(liveState(aRun(), false, 100, 0.5, 101)).toMatchObject({ kind: "disconnected" });
  });

  test("the usual interval is the median of the last ones", () => {
    expect(usualInterval(Float64Array.of(0, 1, 2, 3, 60, 61, 62))).toBe(1);
    expect(usualInterval(Float64Array.of(5))).toBeNaN();
  });
});

describe("a run in the table", () => {
  test.each([
    [aRun({ phase: "training" }), "Running"],
    [aRun({ phase: null }), "Starting"],
    [aRun({ state: "queued", phase: null }), "Queued"],
    [ended(), "Finished"],
    [ended({ cause: "launch-failed" }), "Did not start"],
    [ended({ cause: "stopped" }), "Stopped"],
    [aRun({ state: "lost", phase: null }), "Lost"],
  ])("%# %o", (run, text) => expect(stateText(run)).toBe(text));

  test("its progress", () => {
    expect(progress(aRun({ step: 500, totalSteps: 1000 }))).toBe(0.5);
    expect(progress(aRun({ totalSteps: null }))).toBeNull();
  });

  test("running ones stay on top, then the newest", () => {
    const runs = [
      ended({ id: "old", created: 1 }),
      ended({ id: "new", created: 3 }),
      aRun({ id: "on", created: 2 }),
    ];
    expect(sortRuns(runs).map(({ id }) => id)).toEqual(["on", "new", "old"]);
  });
});
