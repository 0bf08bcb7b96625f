// Generated from daemon/tunesmith/server/protocol.py by `python -m tunesmith.server.generate`.

export interface StartRun {
  /** Absolute path of a saved recipe. */
  recipe: string;
}

export interface ListRuns {
  /** Absolute paths; runs live in `.tunesmith/runs` beside the recipe, in or below these folders. */
  folders: string[];
}

export interface StopRun {
  runId: string;
  /** False: save a checkpoint at the next step and end. True: end now. */
  force?: boolean;
}

export interface Subscribe {
  runId: string;
  /** The history comes thinned to about this many points a tag; extremes and non-finite values are kept. */
  maxPoints?: number;
}

export interface Unsubscribe {
  runId: string;
}

/** `initializationOptions`. Untrusted: nothing is started and no interpreter is run. */
export interface Options {
  trusted?: boolean;
  /** Path of the Python that training runs in; None: the daemon looks for one in the workspace folder. */
  trainingInterpreter?: string | null;
}

/** A run as it was when it was looked at. Times are seconds since the epoch. */
export interface Run {
  id: string;
  name: string;
  /** Absolute path of the run folder. */
  folder: string;
  /** Absolute path of the recipe it was started from. */
  recipe: string;
  state: "ended" | "lost" | "queued" | "running";
  created: number;
  phase: string | null;
  cause: "failed" | "finished" | "killed" | "launch-failed" | "signalled" | "stopped" | null;
  /** Why it ended, in one line, when it did not simply finish. */
  message: string | null;
  supervised: boolean;
  attempt: number;
  /** What the ranks themselves reported, not what was asked for. */
  worldSize: number | null;
  step: number;
  totalSteps: number | null;
  epoch: number | null;
  loss: number | null;
  /** The latest evaluation: eval_f1, eval_loss, … */
  metrics: Record<string, number>;
  ended: number | null;
  secondsLeft: number | null;
  /** Absolute path of the log to show first: rank 0's, or the launcher's when no rank wrote one. */
  log: string | null;
}

/** A finding as a client without a text editor shows it. Lines and columns count from 1. */
export interface Problem {
  code: string;
  severity: "error" | "hint" | "warning";
  message: string;
  line: number;
  column: number;
}

/** Either a run, or the problems of severity error that refused it. */
export interface StartedRun {
  run: Run | null;
  problems: Problem[];
}

export interface RunList {
  /** Newest first. */
  runs: Run[];
}

/**
 * A value that JSON has no number for.
 *
 * `index` points into `values` of its series, which holds null there.
 */
export interface NonFinite {
  index: number;
  value: "-inf" | "inf" | "nan";
}

/** One scalar tag: equally long columns, ordered as written. Times are seconds since the epoch. */
export interface Series {
  tag: string;
  steps: number[];
  values: (number | null)[];
  wallTimes: number[];
  nonFinite: NonFinite[];
}

/** The whole history of a run's scalars. What is written later comes as `tunesmith/metrics/delta`. */
export interface MetricsSnapshot {
  runId: string;
  series: Series[];
  totalPoints: number;
  /** What is wrong with the event files, such as one that is damaged; for people. */
  warnings: string[];
}

/** An empty reply. */
export type Nothing = Record<string, never>;

/** For the status bar: what the daemon knows and waits for. */
export interface Status {
  interpreter: string | null;
  /** Versions found in the training interpreter: python, torch, transformers, accelerate. */
  packages: Record<string, string>;
  rulesRun: number;
  rulesWaiting: number;
  waitingFor: string[];
  /** What is wrong with the interpreter and what to do, if something is. */
  message: string | null;
}

/** Runs that are new or differ from when they were last sent. `removed` are ids. */
export interface RunsChanged {
  runs: Run[];
  removed: string[];
}

/** Points to append. `resync` says that the files were replaced: drop what you have, subscribe again. */
export interface MetricsDelta {
  runId: string;
  series: Series[];
  resync: boolean;
  /** What has been found wrong with the event files since the snapshot. */
  warnings: string[];
}

/** Requests: method → parameters and result. */
export interface Methods {
  "tunesmith/runs/start": { params: StartRun; result: StartedRun };
  "tunesmith/runs/list": { params: ListRuns; result: RunList };
  "tunesmith/runs/stop": { params: StopRun; result: Run };
  "tunesmith/metrics/subscribe": { params: Subscribe; result: MetricsSnapshot };
  "tunesmith/metrics/unsubscribe": { params: Unsubscribe; result: Nothing };
  "tunesmith/options": { params: Options; result: Status };
}

/** What the daemon sends unasked: method → parameters. */
export interface Notifications {
  "tunesmith/runs/changed": RunsChanged;
  "tunesmith/metrics/delta": MetricsDelta;
  "tunesmith/status": Status;
}
