/** Quantiles of a sample, by the nearest rank. */
export function quantile(values: number[], part: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  const value = sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
  if (value === undefined) throw new Error("No value was measured");
  return value;
}

export const median = (values: number[]): number => quantile(values, 0.5);
