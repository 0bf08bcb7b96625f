// Columns as the daemon sends them, for tests that need a history. Runs in Node and in a page.
import type { Series } from "../../extension/src/protocol.gen";

/** Base64 of little-endian float64. */
export function columnOf(numbers: readonly number[]): string {
  const bytes = new Uint8Array(Float64Array.from(numbers).buffer);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

export function toSeries(
  tag: string,
  steps: readonly number[],
  values: readonly number[],
  times: readonly number[],
): Series {
  return { tag, steps: columnOf(steps), values: columnOf(values), wallTimes: columnOf(times) };
}
