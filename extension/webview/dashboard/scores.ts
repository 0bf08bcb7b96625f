// The figures of the table of runs: from the scalars where a run is drawn, else from what the run itself says.
import type { Run } from "../../src/protocol.gen";
import { bestOf } from "./model/best";
import { direction, tagOf } from "./model/tags";
import { store } from "./state";

const LOSS = "train/loss";

export function lastLoss(run: Run): number | null {
  const series = store.series(run.id, LOSS);
  return series && series.length > 0 ? series.values.at(series.length - 1) : run.loss;
}

export function lastScore(run: Run, tag: string | null): number | null {
  if (tag === null) {
    return null;
  }
  const series = store.series(run.id, tag);
  if (series && series.length > 0) {
    return series.values.at(series.length - 1);
  }
  const metric = Object.keys(run.metrics).find((name) => tagOf(name) === tag);
  return metric === undefined ? null : (run.metrics[metric] ?? null);
}

export function bestScore(run: Run, tag: string | null): { value: number; step: number } | null {
  const side = tag === null ? null : direction(tag);
  const series = tag === null ? undefined : store.series(run.id, tag);
  return side && series ? bestOf(series, side) : null;
}
