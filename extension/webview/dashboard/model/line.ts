// One run's line in one chart: everything that drawing and reading it need.
import type { Range } from "./range";
import { visible } from "./range";
import type { TagSeries, XAxis } from "./series";

export interface RunStyle {
  runId: string;
  /** At the line's end. */
  label: string;
  color: string;
  /** For text: the colour drawn towards the foreground. */
  textColor: string;
  dashed: boolean;
  focused: boolean;
  /** The run is going on: its head has a halo. */
  live: boolean;
  /** The run was ended by somebody. */
  stopped: boolean;
}

export interface Line extends RunStyle {
  series: TagSeries;
  xs: Float64Array;
  raw: Float64Array;
  /** The raw values themselves where nothing is smoothed. */
  smoothed: Float64Array;
}

export function lineOf(style: RunStyle, series: TagSeries, axis: XAxis, smoothing: number): Line {
  return {
    ...style,
    series,
    xs: series.xs(axis),
    raw: series.values.view(),
    smoothed: series.smoothed(smoothing),
  };
}

export function isSmoothed(line: Line): boolean {
  return line.raw.byteOffset !== line.smoothed.byteOffset || line.raw.buffer !== line.smoothed.buffer;
}

export function sliceOf(
  line: Line,
  x: Range,
): { raw: Float64Array; smoothed: Float64Array; from: number; to: number } {
  return { raw: line.raw, smoothed: line.smoothed, ...visible(line.xs, x) };
}
