// Where the axes have labels, and what these say.
import { count, duration, minus } from "../../../shared/format";
import type { Range } from "./range";

const NICE = [1, 2, 2.5, 5, 10];
const WHOLE = [1, 2, 5, 10];
const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400];
/** Between a number and its unit. */
export const GAP = "\u202f";

/** The smallest nice number that makes at most `most` steps of the span. */
export function niceStep(span: number, most: number, nice: readonly number[] = NICE): number {
  const rough = span / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = nice.find((each) => each * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

export function linearTicks({ min, max }: Range, most: number): number[] {
  return multiples(niceStep(max - min, most), min, max);
}

/** Four or five grid lines, as near as nice numbers come to that. */
export function gridTicks({ min, max }: Range): number[] {
  const coarse = multiples(niceStep(max - min, 5), min, max);
  const fine = multiples(niceStep(max - min, 7), min, max);
  return coarse.length >= 4 || fine.length > 6 ? coarse : fine;
}

/** Whole numbers only: there is no step 12.5. */
export function stepTicks({ min, max }: Range, most: number): number[] {
  const step = niceStep(max - min, most, NICE);
  const whole = Number.isInteger(step) ? step : Math.max(1, niceStep(max - min, most, WHOLE));
  return multiples(whole, min, max);
}

export function timeTicks({ min, max }: Range, most: number): number[] {
  const rough = (max - min) / Math.max(1, most);
  const step =
    rough < 1
      ? niceStep(max - min, most)
      : (SECONDS.find((s) => s >= rough) ?? Math.ceil(rough / 86400) * 86400);
  return multiples(step, min, max);
}

/** `min` and `max` are exponents; ticks at 1 and 3, or only at powers when there are many of them. */
export function logTicks({ min, max }: Range, most: number): number[] {
  const decades = max - min;
  if (decades < 0.9) {
    const inside = linearTicks({ min: 10 ** min, max: 10 ** max }, most);
    return inside.filter((value) => value > 0).map((value) => Math.log10(value));
  }
  const stride = Math.ceil(decades / most);
  const ticks: number[] = [];
  for (let exponent = Math.floor(min / stride) * stride; exponent <= max; exponent += stride) {
    ticks.push(exponent);
    if (decades * 2 <= most + 2) {
      ticks.push(exponent + Math.log10(3));
    }
  }
  return ticks.filter((tick) => tick >= min && tick <= max);
}

/** Labels of one axis, all with the same precision: `0.20`, `1.5e−4`, `18 k`. */
export function valueLabels(ticks: readonly number[]): string[] {
  const size = Math.max(...ticks.map(Math.abs), 0);
  if (size >= 10_000) {
    const [unit, name] = size >= 1e9 ? [1e9, "G"] : size >= 1e6 ? [1e6, "M"] : [1e3, "k"];
    return size >= 1e13
      ? ticks.map(scientific)
      : ticks.map((tick) => (tick === 0 ? "0" : `${plain(tick / unit)}${GAP}${name}`));
  }
  if (size > 0 && size < 0.002) {
    return ticks.map((tick) => (tick === 0 ? "0" : scientific(tick)));
  }
  const decimals = Math.max(0, ...ticks.map(decimalsOf));
  return ticks.map((tick) =>
    tick === 0 ? "0" : size >= 1000 ? minus(count(tick)) : minus(tick.toFixed(decimals)),
  );
}

/** Labels of a log axis: each has its own precision. */
export function logLabels(exponents: readonly number[]): string[] {
  return exponents.map((exponent) => {
    const value = Number((10 ** exponent).toPrecision(2));
    return value < 0.002
      ? scientific(value)
      : value >= 10_000
        ? (valueLabels([value])[0] as string)
        : plain(value);
  });
}

export function stepLabels(ticks: readonly number[]): string[] {
  return ticks.map((tick) => count(tick));
}

/** One unit on an axis: `90 s`, `15 min`, `2 h 30 min`. */
export function timeLabels(ticks: readonly number[]): string[] {
  return ticks.map((tick) => {
    if (tick === 0) {
      return "0";
    }
    if (tick < 60 || tick % 60 !== 0) {
      return tick < 60 ? `${plain(tick)}${GAP}s` : duration(tick);
    }
    const minutes = tick / 60;
    return minutes < 60
      ? `${minutes}${GAP}min`
      : minutes % 60 === 0
        ? `${minutes / 60}${GAP}h`
        : duration(tick);
  });
}

function multiples(step: number, min: number, max: number): number[] {
  const ticks: number[] = [];
  const slack = step * 1e-9;
  const first = Math.ceil((min - slack) / step);
  const last = Math.floor((max + slack) / step);
  // Past the whole numbers of a double, counting up would never end.
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last)) {
    return ticks;
  }
  for (let i = first; i <= last; i++) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return ticks;
}

function decimalsOf(value: number): number {
  const text = Number(value.toPrecision(6)).toString();
  const dot = text.indexOf(".");
  return dot < 0 || text.includes("e") ? 0 : text.length - dot - 1;
}

function plain(value: number): string {
  return minus(Number(value.toPrecision(4)).toString());
}

function scientific(value: number): string {
  return minus(Number(value.toPrecision(3)).toExponential().replace("e+", "e"));
}
