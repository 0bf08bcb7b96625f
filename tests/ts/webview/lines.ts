// Lines as the dashboard draws them, for tests that need one.
import { type Line, lineOf } from "../../../extension/webview/dashboard/model/line";
import { TagSeries } from "../../../extension/webview/dashboard/model/series";

type Value = number | "nan" | "inf";

/** A series with values at steps 1, 2, …, one second apart from time 100 on. */
export function seriesOf(values: Value[], steps = values.map((_, i) => i + 1)): TagSeries {
  const series = new TagSeries();
  append(series, values, steps);
  return series;
}

export function append(series: TagSeries, values: Value[], steps: number[]): void {
  series.append({
    tag: "train/loss",
    steps,
    values: values.map((value) => (typeof value === "number" ? value : null)),
    wallTimes: steps.map((step) => 100 + step),
    nonFinite: values.flatMap((value, index) => (typeof value === "number" ? [] : [{ index, value }])),
  });
}

export function aLine(series: TagSeries, change: Partial<Line> = {}, smoothing = 0): Line {
  const style = {
    runId: "a",
    label: "#aaaa",
    color: "blue",
    textColor: "navy",
    dashed: false,
    focused: false,
    live: false,
    stopped: false,
  };
  return { ...lineOf({ ...style, ...change }, series, { kind: "step" }, smoothing), ...change };
}
