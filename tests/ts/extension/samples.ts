// Values as the daemon sends them, for tests that need a run or a history.
import type { MetricsDelta, MetricsSnapshot, Rank, Run } from "../../../extension/src/protocol.gen";
import { toSeries } from "../wire";

/** A run that trains, at step 842 of 1,250. */
export function aRun(change: Partial<Run> = {}): Run {
  return {
    id: "20261122-101500-3f2a",
    name: "sentiment",
    folder: "/w/.tunesmith/runs/20261122-101500-3f2a",
    recipe: "/w/sentiment.train.yaml",
    state: "running",
    created: 1_795_341_300,
    phase: "training",
    cause: null,
    message: null,
    supervised: true,
    attempt: 1,
    worldSize: 1,
    step: 842,
    totalSteps: 1250,
    epoch: 2.02,
    loss: 0.2467,
    metrics: {},
    ended: null,
    secondsLeft: 247,
    stepsPerSecond: 1.65,
    stop: "checkpoint",
    log: null,
    ranks: [],
    place: null,
    parent: null,
    job: null,
    resumed: null,
    note: "",
    tags: [],
    ...change,
  };
}

/** A rank that trains, with what it uses. */
export function aRank(number: number, change: Partial<Rank> = {}): Rank {
  return {
    number,
    pid: 4242 + number,
    alive: true,
    outcome: null,
    error: null,
    log: `/w/.tunesmith/runs/20261122-101500-3f2a/attempts/1/log/rank-${number}.log`,
    traceback: null,
    cpuPercent: 180.4,
    memory: 1_400_000_000,
    gpuMemory: null,
    gpuPercent: null,
    ...change,
  };
}

export function ended(change: Partial<Run> = {}): Run {
  return aRun({
    state: "ended",
    cause: "finished",
    phase: null,
    secondsLeft: null,
    stepsPerSecond: null,
    ...change,
  });
}

/** The history of one tag: `values` at steps from `first` on. */
export function history(runId: string, values: number[], first = 1, tag = "train/loss"): MetricsSnapshot {
  const { series } = delta(runId, values, first, tag);
  return { runId, series, totalPoints: values.length, warnings: [] };
}

export function delta(runId: string, values: number[], first: number, tag = "train/loss"): MetricsDelta {
  const steps = values.map((_, i) => first + i);
  const times = steps.map((step) => 1_795_341_300 + step);
  return { runId, resync: false, warnings: [], series: [toSeries(tag, steps, values, times)] };
}
