// What the lines of a chart say at one place, and where the crosshair may stand.
import { lowerBound } from "./column";
import type { Line } from "./line";

export interface Reading {
  line: Line;
  /** The point that is read; -1 when the line has none here. */
  index: number;
  raw: number;
  smoothed: number;
}

/** The last point at or before x; none before a line's first point and after its last. */
export function readAt(line: Line, x: number): Reading {
  const { xs } = line;
  const slack = Math.abs(x) * 1e-9;
  let index = lowerBound(xs, x + slack);
  if (index === xs.length || (xs[index] as number) > x + slack) {
    index--;
  }
  const last = xs[xs.length - 1] as number;
  return index < 0 || x > last + slack
    ? { line, index: -1, raw: Number.NaN, smoothed: Number.NaN }
    : reading(line, index);
}

export function readLast(line: Line): Reading {
  return reading(line, line.xs.length - 1);
}

/** A value that is not finite stays what it is: smoothing has no word for it. */
function reading(line: Line, index: number): Reading {
  const raw = line.raw[index] ?? Number.NaN;
  const smoothed = Number.isFinite(raw) ? (line.smoothed[index] ?? Number.NaN) : raw;
  return { line, index, raw, smoothed };
}

/** A logged point: the crosshair only ever stands on one. */
export interface Anchor {
  runId: string;
  step: number;
  x: number;
}

/** The logged point nearest to x over all lines; the first line wins a tie. */
export function nearest(lines: readonly Line[], x: number): Anchor | null {
  let best: Anchor | null = null;
  for (const line of lines) {
    const after = lowerBound(line.xs, x);
    for (const index of [after - 1, after]) {
      const at = line.xs[index];
      if (at !== undefined && (best === null || Math.abs(at - x) < Math.abs(best.x - x))) {
        best = anchor(line, index);
      }
    }
  }
  return best;
}

/** The next logged point to the right or left of x; at the end, the last one. */
export function neighbour(lines: readonly Line[], x: number, side: 1 | -1): Anchor | null {
  let best: Anchor | null = null;
  for (const line of lines) {
    const index = side > 0 ? upperBound(line.xs, x) : lowerBound(line.xs, x) - 1;
    const at = line.xs[index];
    if (at !== undefined && (best === null || (at - best.x) * side < 0)) {
      best = anchor(line, index);
    }
  }
  return best ?? nearest(lines, x);
}

/** Order of a tooltip: what is not finite first, then by value, lines without one last. */
export function sortReadings(readings: readonly Reading[]): Reading[] {
  const rank = (reading: Reading) => (reading.index < 0 ? 2 : Number.isFinite(reading.raw) ? 1 : 0);
  return [...readings].sort((a, b) => rank(a) - rank(b) || b.smoothed - a.smoothed || 0);
}

function anchor(line: Line, index: number): Anchor {
  return { runId: line.runId, step: line.series.steps.at(index), x: line.xs[index] as number };
}

function upperBound(xs: Float64Array, x: number): number {
  let index = lowerBound(xs, x);
  while (index < xs.length && (xs[index] as number) <= x) {
    index++;
  }
  return index;
}
