// Numbers of the dashboard that the rest of the interface has no need of.
import { minus, scalar } from "../../../shared/format";
import { GAP, valueLabels } from "./ticks";

/** A value in a chart's head: "0.467", "14.65", "20.8 k", "2.8e−5", "NaN". */
export function headValue(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) {
    return scalar(value);
  }
  if (size >= 10_000) {
    const [unit, name] = size >= 1e9 ? [1e9, "G"] : size >= 1e6 ? [1e6, "M"] : [1e3, "k"];
    return size >= 1e13 ? exponential(value, 1) : `${minus((value / unit).toFixed(1))}${GAP}${name}`;
  }
  if (size !== 0 && size < 0.001) {
    return exponential(value, 1);
  }
  return minus(value.toFixed(size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 0.1 ? 3 : 4));
}

/** The edge of an axis, roughly: "1.3", "18 k". */
export function edgeValue(value: number): string {
  return valueLabels([Number(value.toPrecision(2))])[0] as string;
}

/** One precision for a column: four decimals, or an exponent where these would say nothing. */
export function columnValue(value: number): string {
  if (!Number.isFinite(value)) {
    return scalar(value);
  }
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.01 || size >= 100_000)) {
    return exponential(value, 2);
  }
  return minus(value.toFixed(size >= 1000 ? 1 : 4));
}

/** "+0.0123", "−0.1677" */
export function difference(value: number): string {
  const size = Math.abs(value);
  const text = size >= 0.0001 && size < 0.01 ? minus(value.toFixed(4)) : columnValue(value);
  return value > 0 ? `+${text}` : text;
}

/** How long ago: tenths while that is what matters. */
export function age(seconds: number): string {
  return seconds < 10 ? `${seconds.toFixed(1)}${GAP}s` : `${Math.round(seconds)}${GAP}s`;
}

function exponential(value: number, digits: number): string {
  const [mantissa = "", exponent = ""] = value.toExponential(digits).split("e");
  return minus(`${Number(mantissa)}e${exponent.replace("+", "")}`);
}
