import type { TagSeries } from "./series";

export interface Best {
  index: number;
  value: number;
  step: number;
}

/** The best finite value of a series; the earliest wins a tie. */
export function bestOf(series: TagSeries, side: "up" | "down"): Best | null {
  const values = series.values.view();
  let best: Best | null = null;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (
      Number.isFinite(value) &&
      (best === null || (side === "up" ? value > best.value : value < best.value))
    ) {
      best = { index, value, step: series.steps.at(index) };
    }
  }
  return best;
}
