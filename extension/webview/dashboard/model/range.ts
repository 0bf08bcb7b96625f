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
  const all = extent(slices, log, UNBOUNDED);
  const near = clip ? extent(slices, log, usual(slices, log)) : all;
  const gains = all.max - all.min > WORTH_CLIPPING * (near.max - near.min);
  const range = padded(gains && near.max >= near.min ? near : all, log);
  return { ...range, ...beyond(slices, log, range) };
}

function padded({ min, max }: Range, log: boolean): Range {
  if (min > max) {
    return log ? { min: -1, max: 0 } : { min: 0, max: 1 };
  }
  const pad = max > min ? (max - min) * 0.06 : log ? 0.5 : Math.abs(max) * 0.1 || 0.5;
  // A range that starts at zero, such as a learning rate's, keeps zero on the axis.
  return { min: !log && min >= 0 && min < pad ? 0 : min - pad, max: max + pad };
}

/** The least and the greatest display value within the bounds, raw and smoothed. */
function extent(slices: readonly Slice[], log: boolean, bounds: Range): Range {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const { raw, smoothed, from, to } of slices) {
    for (const values of raw === smoothed ? [raw] : [raw, smoothed]) {
      for (let i = from; i < to; i++) {
        const y = display(values[i] as number, log);
        if (y >= bounds.min && y <= bounds.max) {
          min = Math.min(min, y);
          max = Math.max(max, y);
        }
      }
    }
  }
  return { min, max };
}

function beyond(slices: readonly Slice[], log: boolean, range: Range): Omit<YRange, keyof Range> {
  const count = { above: 0, below: 0, notPositive: 0 };
  for (const { raw, from, to } of slices) {
    for (let i = from; i < to; i++) {
      const value = raw[i] as number;
      const y = display(value, log);
      count.above += y > range.max ? 1 : 0;
      count.below += y < range.min ? 1 : 0;
      count.notPositive += log && value <= 0 && Number.isFinite(value) ? 1 : 0;
    }
  }
  return count;
}

const UNBOUNDED: Range = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };
const WORTH_CLIPPING = 1.4;
const ENOUGH = 40;
const SAMPLE = 400;

/** Where usual values lie: the middle 90 % and as much again on both sides. Unbounded when there are few points. */
function usual(slices: readonly Slice[], log: boolean): Range {
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
    return UNBOUNDED;
  }
  sample.sort((a, b) => a - b);
  const low = sample[Math.floor(sample.length * 0.05)] as number;
  const high = sample[Math.floor(sample.length * 0.95)] as number;
  const spread = high - low;
  return spread > 0 ? { min: low - spread, max: high + spread } : UNBOUNDED;
}
