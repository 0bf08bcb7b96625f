import { describe, expect, test } from "vitest";
import { extended } from "../../../extension/src/models/history";
import { epochAt } from "../../../extension/webview/dashboard/model/series";
import { MetricsStore } from "../../../extension/webview/dashboard/model/store";
import { delta, history } from "../extension/samples";
import { toSeries } from "../wire";
import { append, seriesOf } from "./lines";

describe("a series", () => {
  test("holds values that are not finite, and knows where they are", () => {
    const series = seriesOf([0.5, Number.NaN, Number.POSITIVE_INFINITY, 0.4]);
    expect([...series.values.view()]).toEqual([0.5, Number.NaN, Number.POSITIVE_INFINITY, 0.4]);
    expect(series.nonFinite).toEqual([1, 2]);
  });

  test("grows by thousands of points", () => {
    const series = seriesOf([]);
    for (let step = 1; step <= 5000; step++) {
      append(series, [step / 2], [step]);
    }
    expect(series.length).toBe(5000);
    expect(series.values.at(4999)).toBe(2500);
    expect(series.values.at(5000)).toBeNaN();
  });

  test("a resumed run writes over the steps that it takes again", () => {
    const series = seriesOf([5, 4, Number.NaN, 3, 2]);
    series.smoothed(0.5);
    append(series, [3.5, 3.4], [3, 4]);
    expect([...series.steps.view()]).toEqual([1, 2, 3, 4]);
    expect([...series.values.view()]).toEqual([5, 4, 3.5, 3.4]);
    expect(series.nonFinite).toEqual([]);
    expect(series.resumed).toEqual([3]);
    expect([...series.smoothed(0.5)]).toEqual([...seriesOf([5, 4, 3.5, 3.4]).smoothed(0.5)]);
  });

  test("stands on steps, on time since the start, or on epochs", () => {
    const epochs = seriesOf([1, 2], [10, 20]);
    const series = seriesOf([1, 1, 1, 1], [5, 10, 15, 25]);
    expect([...series.xs({ kind: "step" })]).toEqual([5, 10, 15, 25]);
    expect([...series.xs({ kind: "elapsed", start: 100 })]).toEqual([5, 10, 15, 25]);
    expect([...series.xs({ kind: "epoch", epochs })]).toEqual([0.5, 1, 1.5, 2.5]);
    append(epochs, [2.4], [25]);
    expect([...series.xs({ kind: "epoch", epochs })]).toEqual([0.5, 1, 1.5, 2.4]);
  });

  test("a clock that is set back does not make time fall", () => {
    const series = seriesOf([1, 1]);
    series.append(toSeries("t", [3], [1], [50]));
    expect([...series.xs({ kind: "elapsed", start: 100 })]).toEqual([1, 2, 2]);
  });
});

test("an epoch lies straight between two logged ones, and goes on beyond the last", () => {
  const epochs = seriesOf([1, 3], [100, 200]);
  expect(epochAt(epochs, 50)).toBe(0.5);
  expect(epochAt(epochs, 150)).toBe(2);
  expect(epochAt(epochs, 200)).toBe(3);
  expect(epochAt(epochs, 250)).toBe(4);
});

describe("the store", () => {
  test("history replaces, points append", () => {
    const store = new MetricsStore();
    store.hydrate({ ...history("a", [3, 2, 1]), warnings: [] });
    store.append(delta("a", [Number.NaN], 4));
    expect(store.series("a", "train/loss")?.length).toBe(4);
    store.hydrate({ ...history("a", [9]), warnings: [] });
    expect([...(store.series("a", "train/loss")?.values.view() ?? [])]).toEqual([9]);
  });

  test("a history may hold a tag in several pieces", () => {
    const store = new MetricsStore();
    store.hydrate(extended(history("a", [3, 2]), [delta("a", [Number.NaN], 3), delta("a", [1], 4)]));
    const series = store.series("a", "train/loss");
    expect([...(series?.steps.view() ?? [])]).toEqual([1, 2, 3, 4]);
    expect([...(series?.values.view() ?? [])]).toEqual([3, 2, Number.NaN, 1]);
    expect(series?.nonFinite).toEqual([2]);
  });

  test("says when there is a new chart: a new tag, or a second point", () => {
    const store = new MetricsStore();
    expect(store.append(delta("a", [1], 1))).toBe(true);
    expect(store.append(delta("a", [1], 2))).toBe(true);
    expect(store.append(delta("a", [1], 3))).toBe(false);
  });

  test("knows the longest series of each tag, and when a run last wrote", () => {
    const store = new MetricsStore();
    store.append(delta("a", [1, 2], 1));
    store.append(delta("b", [1, 2, 3], 1));
    expect(store.lengths(["a", "b", "c"])).toEqual(new Map([["train/loss", 3]]));
    expect(store.lastTime("b")).toBe(1_795_341_303);
    expect(store.lastTime("c")).toBeNaN();
    store.forget("b");
    expect(store.has("b")).toBe(false);
  });
});
