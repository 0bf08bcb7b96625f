// Lines as the dashboard draws them, for tests that need one.
import { type Line, lineOf } from "../../../extension/webview/dashboard/model/line";
import { TagSeries } from "../../../extension/webview/dashboard/model/series";
import { toSeries } from "../wire";

/** A series with values at steps 1, 2, …, one second apart from time 100 on. */
export function seriesOf(values: number[], steps = values.map((_, i) => i + 1)): TagSeries {
  const series = new TagSeries();
  append(series, values, steps);
  return series;
}

export function append(series: TagSeries, values: number[], steps: number[]): void {
  const times = steps.map((step) => 100 + step);
  series.append(toSeries("train/loss", steps, values, times));
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
