// The ranges of the axes. Y is worked out in display units: the value, or its logarithm to base 10.
import { lowerBound } from "./column";

export interface Range {
  min: number;
  max: number;
}

export interface YRange extends Range {
  /** Raw points beyond the axis because they are outliers. */
  above: number;
  below: number;
  /** Finite raw points that a log axis has no place for. */
  notPositive: number;
}

/** A line between two indices: `from` included, `to` not. */
export interface Slice {
  raw: Float64Array;
  smoothed: Float64Array;
  from: number;
  to: number;
}

/** The value in display units; NaN where the axis has no place for it. */
export function display(value: number, log: boolean): number {
  if (!log) {
    return Number.isFinite(value) ? value : Number.NaN;
  }
  return value > 0 && value < Number.POSITIVE_INFINITY ? Math.log10(value) : Number.NaN;
}

/** Indices of what is seen between min and max, and one point more on each side so that lines reach the edge. */
export function visible(xs: Float64Array, range: Range): { from: number; to: number } {
  const from = Math.max(0, lowerBound(xs, range.min) - 1);
  let to = lowerBound(xs, range.max);
  while (to < xs.length && xs[to] === range.max) {
    to++;
  }
  return { from, to: Math.min(xs.length, to + 1) };
}

/** What the x axes of all charts span; from 0 when the data starts near it. */
export function xRange(columns: Iterable<Float64Array>): Range {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const xs of columns) {
    if (xs.length > 0) {
      min = Math.min(min, xs[0] as number);
      max = Math.max(max, xs[xs.length - 1] as number);
    }
  }
  if (min > max) {
    return { min: 0, max: 1 };
  }
  if (min > 0 && min <= (max - min) * 0.25) {
    min = 0;
  }
  return max > min ? { min, max } : { min: Math.min(0, min), max: max > 0 ? max : min + 1 };
}

/** With `clip`, few far values do not set the range, if leaving them out gains enough to be worth it. */
export function yRange(slices: readonly Slice[], log: boolean, clip: boolean): YRange {
  const limits = log ? { min: Number.MIN_VALUE, max: Number.MAX_VALUE } : FINITE;
  const all = extent(slices, limits);
  const near = clip ? extent(slices, usual(slices, log) ?? limits) : all;
  const [wide, close] = log ? [logarithms(all), logarithms(near)] : [all, near];
  const clips = wide.max - wide.min > WORTH_CLIPPING * (close.max - close.min);
  const range = padded(clips ? close : wide, log);
  const count = clips || log ? beyond(slices, log, range) : NOTHING_BEYOND;
  return { ...range, ...count };
}

const FINITE: Range = { min: -Number.MAX_VALUE, max: Number.MAX_VALUE };
const NOTHING_BEYOND = { above: 0, below: 0, notPositive: 0 };
const WORTH_CLIPPING = 1.4;

function logarithms({ min, max }: Range): Range {
  return min > max ? { min, max } : { min: Math.log10(min), max: Math.log10(max) };
}

function padded({ min, max }: Range, log: boolean): Range {
  if (min > max) {
    return log ? { min: -1, max: 0 } : { min: 0, max: 1 };
  }
  const pad = differ({ min, max }, log) ? (max - min) * 0.06 : log ? 0.5 : Math.abs(max) * 0.1 || 0.5;
  // A range that starts at zero, such as a learning rate's, keeps zero on the axis.
  return { min: !log && min >= 0 && min < pad ? 0 : min - pad, max: max + pad };
}

/** Smoothing a constant leaves differences in its last digits: those are no range. Logs hold 32-bit numbers. */
function differ({ min, max }: Range, log: boolean): boolean {
  return max - min > 1e-6 * (log ? 1 : Math.max(Math.abs(min), Math.abs(max)));
}

/** The least and the greatest value within the limits, raw and smoothed. Called often: values are not converted. */
function extent(slices: readonly Slice[], limits: Range): Range {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const { raw, smoothed, from, to } of slices) {
    for (const values of raw === smoothed ? [raw] : [raw, smoothed]) {
      for (let i = from; i < to; i++) {
        const value = values[i] as number;
        if (value >= limits.min && value <= limits.max) {
          if (value < min) {
            min = value;
          }
          if (value > max) {
            max = value;
          }
        }
      }
    }
  }
  return { min, max };
}

function beyond(slices: readonly Slice[], log: boolean, range: Range): Omit<YRange, keyof Range> {
  const top = log ? 10 ** range.max : range.max;
  const bottom = log ? 10 ** range.min : range.min;
  const count = { ...NOTHING_BEYOND };
  for (const { raw, from, to } of slices) {
    for (let i = from; i < to; i++) {
      const value = raw[i] as number;
      if (value > top && value <= Number.MAX_VALUE) {
        count.above++;
      } else if (value < bottom && value >= -Number.MAX_VALUE) {
        count[log && value <= 0 ? "notPositive" : "below"]++;
      }
    }
  }
  return count;
}

const ENOUGH = 40;
const SAMPLE = 400;

/** Where usual values lie: the middle 90 % and as much again on both sides. Null when there are too few points. */
function usual(slices: readonly Slice[], log: boolean): Range | null {
  const sample: number[] = [];
  for (const { raw, from, to } of slices) {
    const stride = Math.max(1, Math.floor((to - from) / SAMPLE));
    for (let i = from; i < to; i += stride) {
      const y = display(raw[i] as number, log);
      if (!Number.isNaN(y)) {
        sample.push(y);
      }
    }
  }
  if (sample.length < ENOUGH) {
    return null;
  }
  sample.sort((a, b) => a - b);
  const low = sample[Math.floor(sample.length * 0.05)] as number;
  const high = sample[Math.floor(sample.length * 0.95)] as number;
  const [min, max] = [low - (high - low), high + (high - low)];
  return high > low ? { min: log ? 10 ** min : min, max: log ? 10 ** max : max } : null;
}
