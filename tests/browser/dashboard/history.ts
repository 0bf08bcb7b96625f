/** Four runs that tell a story: a baseline, one that diverges to NaN, a good one, and one that is still going. */
import type { MetricsDelta, MetricsSnapshot, Rank, Run, Series } from "../../../extension/src/protocol.gen";
import { numbersOf } from "../../../extension/webview/dashboard/model/wire";
import { toSeries } from "../../ts/wire";

export const BASELINE = "20261122-091000-a138";
export const HOT = "20261122-093000-b239";
export const GOOD = "20261122-095000-c340";
export const LIVE = "20261122-101500-d441";

interface Story {
  id: string;
  label: string;
  seed: number;
  rate: number;
  /** Where the loss ends up. */
  floor: number;
  steps: number;
  speed: number;
}

const STORIES: Story[] = [
  { id: LIVE, label: "sentiment", seed: 4, rate: 1e-4, floor: 0.25, steps: 842, speed: 17_600 },
  { id: GOOD, label: "sentiment", seed: 3, rate: 1e-4, floor: 0.26, steps: 1250, speed: 19_800 },
  { id: HOT, label: "sentiment", seed: 2, rate: 2e-4, floor: 0.3, steps: 612, speed: 21_300 },
  { id: BASELINE, label: "sentiment", seed: 1, rate: 5e-5, floor: 0.4, steps: 1250, speed: 21_400 },
];

const TOTAL = 1250;
const EVERY = 5;
const SECONDS_A_STEP = 0.54;

/** `now` in seconds since the epoch: the live run logged its last step just before it. */
export function makeRuns(now: number): Run[] {
  return STORIES.map((story, i) => {
    const live = story.id === LIVE;
    const created = now - story.steps * SECONDS_A_STEP - i * 4000 - 14;
    return {
      id: story.id,
      name: story.label,
      folder: `/home/ada/project/.tunesmith/runs/${story.id}`,
      recipe: "/home/ada/project/sentiment.train.yaml",
      state: live ? "running" : "ended",
      created,
      phase: live ? "training" : null,
      cause: live ? null : story.id === HOT ? "failed" : "finished",
      message: story.id === HOT ? "The loss became NaN at step 612" : null,
      supervised: true,
      attempt: 1,
      worldSize: live ? 2 : 1,
      step: story.steps,
      totalSteps: TOTAL,
      epoch: (story.steps / TOTAL) * 5,
      loss: null,
      metrics: {},
      ended: live ? null : created + story.steps * SECONDS_A_STEP + 20,
      secondsLeft: live ? 247 : null,
      stepsPerSecond: live ? 1.65 : null,
      stop: "checkpoint",
      log: null,
      ranks: live ? [aRank(0), aRank(1)] : [],
      place: null,
      parent: null,
      job: null,
      resumed: null,
      note: "",
      tags: [],
    };
  });
}

function aRank(number: number): Rank {
  return {
    number,
    pid: 4242 + number,
    alive: true,
    outcome: null,
    error: null,
    log: null,
    traceback: null,
    cpuPercent: 97,
    memory: 1_400_000_000,
    gpuMemory: null,
    gpuPercent: null,
  };
}

/** A run that wrote no metrics at all. */
export function failedAtOnce(now: number): Run {
  return {
    ...(makeRuns(now)[0] as Run),
    id: "20261122-110000-e542",
    state: "ended",
    phase: null,
    cause: "launch-failed",
    message: "No module named 'torch'",
    worldSize: null,
    ranks: [],
    step: 0,
    totalSteps: null,
    secondsLeft: null,
    stepsPerSecond: null,
    stop: "checkpoint",
    ended: now - 20,
    created: now - 30,
  };
}

export function makeSnapshot(run: Run): MetricsSnapshot {
  const story = STORIES.find(({ id }) => id === run.id);
  if (!story) {
    return { runId: run.id, series: [], totalPoints: 0, warnings: [] };
  }
  const steps = range(EVERY, story.steps, EVERY);
  if (story.id === HOT) {
    steps.push(612);
  }
  const evaluations = range(125, story.steps, 125);
  const at = (tag: string, chosen: number[], value: (step: number) => number) =>
    column(tag, run.created, chosen, value);
  const series = [
    at("train/loss", steps, lossOf(story)),
    at("train/grad_norm", steps, gradientOf(story)),
    at("train/learning_rate", steps, (step) => rateOf(story, step)),
    at("train/tokens_per_second", steps, speedOf(story)),
    at("train/epoch", steps, (step) => (step / TOTAL) * 5),
    at("eval/f1", evaluations, (step) => 0.93 - story.floor * 0.12 - 0.5 * Math.exp(-step / 190)),
    at("eval/accuracy", evaluations, (step) => 0.94 - story.floor * 0.1 - 0.4 * Math.exp(-step / 190)),
    at("eval/loss", evaluations, (step) => story.floor + 0.05 + 0.5 * Math.exp(-step / 210)),
  ];
  for (const { number } of run.ranks) {
    const each = (name: string, value: (step: number) => number) =>
      at(`resources/rank-${number}/${name}`, range(10, story.steps, 10), value);
    series.push(
      each("cpu_percent", (step) => 96 + number + 3 * Math.sin(step / 40)),
      each("memory_gb", (step) => 1.2 + number * 0.1 + 0.2 * (1 - Math.exp(-step / 90))),
    );
  }
  if (run.state === "ended" && run.cause === "finished") {
    series.push(
      at("train/train_runtime", [story.steps], () => 672),
      at("train/total_flos", [story.steps], () => 1.28e15),
    );
  }
  return {
    runId: run.id,
    series,
    totalPoints: series.reduce((sum, each) => sum + numbersOf(each.steps).length, 0),
    warnings: [],
  };
}

/** What the live run writes at one more step. */
export function nextPoint(run: Run, step: number, loss: number): MetricsDelta {
  const times = [run.created + 14 + step * SECONDS_A_STEP];
  const one = (tag: string, value: number) => toSeries(tag, [step], [value], times);
  return {
    runId: run.id,
    resync: false,
    warnings: [],
    series: [one("train/loss", loss), one("train/grad_norm", 0.4), one("train/epoch", (step / TOTAL) * 5)],
  };
}

/** As many points as a long run has, for looking at how smooth drawing stays. */
export function longSnapshot(runId: string, points: number, seed: number): MetricsSnapshot {
  const random = noise(seed);
  const steps = range(1, points, 1);
  const series = ["train/loss", "train/grad_norm", "train/learning_rate", "train/entropy"].map((tag) =>
    column(tag, 0, steps, (step) => 0.3 + Math.exp(-step / (points / 5)) + random() * 0.1),
  );
  return { runId, series, totalPoints: points * series.length, warnings: [] };
}

function lossOf({ id, seed, floor }: Story): (step: number) => number {
  const random = noise(seed);
  return (step) => {
    const usual = floor + 0.8 * Math.exp(-step / 150) + random() * (0.05 + 0.16 * Math.exp(-step / 200));
    if (id !== HOT) {
      return usual;
    }
    return step >= 612 ? Number.NaN : step === 430 ? 1.9 : usual + 0.004 * Math.exp((step - 480) / 24);
  };
}

function gradientOf({ id, seed, floor }: Story): (step: number) => number {
  const random = noise(seed + 10);
  return (step) => {
    const usual = (0.3 + floor + 1.8 * Math.exp(-step / 160)) * (1 + random() * 0.5);
    if (id !== HOT) {
      return usual;
    }
    return step >= 612 ? Number.NaN : usual + 0.02 * Math.exp((step - 480) / 18);
  };
}

function rateOf({ rate }: Story, step: number): number {
  const warm = 75;
  return step < warm
    ? (rate * step) / warm
    : (rate * (1 + Math.cos((Math.PI * (step - warm)) / (TOTAL - warm)))) / 2;
}

function speedOf({ seed, speed }: Story): (step: number) => number {
  const random = noise(seed + 20);
  return (step) => (step % 200 === 0 ? speed * 0.72 : speed * (1 + random() * 0.03));
}

function column(tag: string, start: number, steps: number[], value: (step: number) => number): Series {
  const times = steps.map((step) => start + 14 + step * SECONDS_A_STEP);
  return toSeries(tag, steps, steps.map(value), times);
}

function range(first: number, last: number, by: number): number[] {
  return Array.from({ length: Math.floor((last - first) / by) + 1 }, (_, i) => first + i * by);
}

/** Repeatable noise between -1 and 1, the same in every run of the tests. */
function noise(seed: number): () => number {
  let state = seed * 2654435761;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * 0.8;
  };
}
