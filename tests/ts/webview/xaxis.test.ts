import { expect, test } from "vitest";
import { MetricsStore } from "../../../extension/webview/dashboard/model/store";
import { availableAxes, axisOf } from "../../../extension/webview/dashboard/model/xaxis";
import { aRun, delta } from "../extension/samples";

test("epochs are offered when every drawn run that has data logs them", () => {
  const store = new MetricsStore();
  expect(availableAxes(store, ["a"])).toEqual(["step", "elapsed"]);
  store.append(delta("a", [0.1, 0.2], 1, "train/epoch"));
  expect(availableAxes(store, ["a", "without-data"])).toEqual(["step", "epoch", "elapsed"]);
  store.append(delta("b", [1], 1));
  expect(availableAxes(store, ["a", "b"])).toEqual(["step", "elapsed"]);
});

test("time counts from when the run was made", () => {
  expect(axisOf("elapsed", new MetricsStore(), aRun({ created: 77 }))).toEqual({
    kind: "elapsed",
    start: 77,
  });
  expect(axisOf("epoch", new MetricsStore(), aRun())).toEqual({ kind: "step" });
});
