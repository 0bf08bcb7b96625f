// Generated from daemon/tunesmith/server/protocol.py by `python -m tunesmith.server.generate`.

export interface StartRun {
  /** Absolute path of a saved recipe. */
  recipe: string;
  /** Every rank waits for a debugger before it does anything. */
  debug?: boolean;
  /** Wait in the queue of this machine for room. None: as the recipe says. */
  queue?: boolean | null;
}

export interface ListRuns {
  /** Absolute paths; runs live in `.tunesmith/runs` beside the recipe, in or below these folders. */
  folders: string[];
}

export interface StopRun {
  runId: string;
  /** False: save a checkpoint at the next step and end. True: end now. */
  force?: boolean;
  /** Save a checkpoint at the end of the epoch that it is in, and end then. */
  afterEpoch?: boolean;
}

export interface NamedRun {
  runId: string;
}

export interface ResumeRun {
  runId: string;
  /** The name of one of its checkpoints; None: the last. */
  checkpoint?: string | null;
  /** True: a new run with the recipe and the interpreter of now. False: another attempt of the same run. */
  asNew?: boolean;
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
  /** Path of the Python that training runs in; None: the daemon looks for one near each recipe. */
  trainingInterpreter?: string | null;
  /**
   * The same by folder, for all recipes in and below it; the nearest folder decides. Empty text: none is
   * chosen there.
   */
  trainingInterpreters?: Record<string, string>;
  /** Path of the profile of where training will run; None: this machine. */
  target?: string | null;
  /** How to show the findings of a rule, by code: "off", "hint", "warning" or "error". */
  rules?: Record<string, string>;
  /** Where the client shows the page of a rule: an address with "{code}" in it; empty: nowhere. */
  rulePages?: string;
  /** The client wants to be told what is wrong, though it could ask. */
  pushDiagnostics?: boolean;
  /** Check the files of the open folders that are not open, too. */
  workspaceDiagnostics?: boolean;
  /** Keep the next start of a recipe ready that is open and was trained before. */
  parkedStart?: boolean;
  /** What each may take, in megabytes; 0: no limit. */
  parkedMemoryLimit?: number;
}

export interface Focus {
  /** The recipe that the user looks at: the status is about it. */
  uri: string;
}

export interface NamedRule {
  code: string;
}

export interface ListInterpreters {
  /** Absolute path: environments in it and above it come first. */
  folder: string;
  /** Pythons that the client has found. */
  known?: string[];
}

export interface CheckEnvironment {
  /** Absolute path of an open folder. */
  folder: string;
}

export interface RunAgain {
  runId: string;
  /** With the recipe that the run kept, in place of today's. */
  asItWas?: boolean;
}

/** Null leaves what is there. */
export interface Annotate {
  runId: string;
  note?: string | null;
  tags?: string[] | null;
}

export interface NamedRuns {
  runIds: string[];
}

/** An empty reply. */
export type Nothing = Record<string, never>;

export interface StartDryRun {
  /** Absolute path. */
  recipe: string;
}

export interface AskRow {
  /** Absolute path of a data file. */
  file: string;
  /** Counted from 0. */
  line: number;
}

export interface AskRows {
  file: string;
}

/** One training process. Memory in bytes; what it uses is null when it has ended or nothing tells. */
export interface Rank {
  number: number;
  pid: number;
  alive: boolean;
  /** How it ended. `gone`: without a word of its own. */
  outcome: "failed" | "finished" | "gone" | "stopped" | null;
  /** What ended it, in one line. */
  error: string | null;
  /** Absolute path. */
  log: string | null;
  /** Absolute path of a JSON file with type, message and traceback, when it ended by an exception. */
  traceback: string | null;
  /** Of one core, its children included. */
  cpuPercent: number | null;
  memory: number | null;
  gpuMemory: number | null;
  gpuPercent: number | null;
}

/** What an attempt went on from. */
export interface Resumed {
  checkpoint: string;
  step: number | null;
  /** Somebody asked for it; the attempt before crashed; a cluster took its machines away. */
  why: "requeue" | "restart" | "resume";
  /** How the training compares with one that was never interrupted. */
  label: "approximate" | "exact" | "unsafe" | null;
  /** Why it is not exact. */
  reason: string | null;
  /** Whether its ranks have loaded the checkpoint and compared; else the label is what the files promise. */
  proved: boolean;
  /** Logs of repeated steps that came out as before the break. */
  replayed: number;
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
  cause: "failed" | "finished" | "killed" | "launch-failed" | "preempted" | "signalled" | "stopped" | null;
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
  /** The pace of the last two minutes. */
  stepsPerSecond: number | null;
  /** What a stop saves: a checkpoint; what a script does about a SIGTERM; nothing. None: not known yet. */
  stop: "checkpoint" | "nothing" | "signal" | null;
  /**
   * Absolute path of the log to show first: that of the rank that failed first, else rank 0's, else the
   * launcher's.
   */
  log: string | null;
  /** The training processes that have started, in their order. */
  ranks: Rank[];
  /** The engine of a run on a cluster and the id of its job there, as in `slurm 12`. */
  job: string | null;
  /** In the queue of this machine, counted from 1; null for a run that does not wait in it. */
  place: number | null;
  /** The id of the run that this one repeats or goes on from. */
  parent: string | null;
  /** What its last attempt went on from, if it did not begin at the beginning. */
  resumed: Resumed | null;
  /** What its owner wrote about it. */
  note: string;
  tags: string[];
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

/** A whole checkpoint of a run. The time is in seconds since the epoch. */
export interface Checkpoint {
  /** Relative to the run's folder when it lies in it. */
  name: string;
  step: number;
  saved: number;
  /** What its files promise of a training that goes on from it. */
  label: "approximate" | "exact" | "unsafe";
  reason: string | null;
  epoch: number | null;
  /** How many the training was to have. */
  steps: number | null;
}

export interface CheckpointList {
  /** The one that was saved last first; torn ones are left out. */
  checkpoints: Checkpoint[];
  /** Names of those whose writing was cut short. */
  torn: string[];
}

/**
 * One scalar tag: equally long columns, ordered as written: little-endian float64, in JSON as base64.
 *
 * Numbers as text would take many times as long to write and to read, and JSON has none for NaN.
 */
export interface Series {
  tag: string;
  steps: string;
  values: string;
  /** Seconds since the epoch. */
  wallTimes: string;
}

/** The whole history of a run's scalars. What is written later comes as `tunesmith/metrics/delta`. */
export interface MetricsSnapshot {
  runId: string;
  series: Series[];
  totalPoints: number;
  /** What is wrong with the event files, such as one that is damaged; for people. */
  warnings: string[];
}

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
  /** The file that this is about. */
  uri: string | null;
  /** What the file was taken for: "recipe", "Axolotl config", … */
  kind: string | null;
  /** The profile that counts in place of this machine. */
  target: string | null;
  /** Why it cannot be read. */
  targetProblem: string | null;
  /** Whether the recipe itself names it. */
  targetIsOwn: boolean;
  /** The file whose command line counts as the launch. */
  launch: string | null;
  /**
   * The next start of the recipe waits after its imports, and takes so many bytes of memory; null: none
   * does.
   */
  nextStart: number | null;
}

export interface RulePage {
  /** Markdown. */
  text: string;
}

/** A Python as its files describe it. */
export interface FoundInterpreter {
  path: string;
  name: string;
  kind: "conda" | "system" | "venv";
  /** What it was found by. */
  source: "active" | "chosen" | "conda" | "home" | "known" | "near" | "path" | "pyenv";
  version: string | null;
  /** Versions of what training needs, as far as it is installed. */
  packages: Record<string, string>;
  /** Recipes of the folder train with it. */
  current: boolean;
  /** Why nothing can be trained with it, if that is certain. */
  unfit: string | null;
}

export interface InterpreterList {
  interpreters: FoundInterpreter[];
}

/** One thing that training depends on. */
export interface EnvironmentRow {
  name: string;
  verdict: "fine" | "warning" | "wrong";
  says: string;
  /** What to do about it, when something is to be done. */
  advice: string | null;
}

export interface EnvironmentReport {
  folder: string;
  rows: EnvironmentRow[];
}

/** A run as a text to read and to compare; the same run always gives the same text. */
export interface RunDocument {
  text: string;
}

/** Into the trash or out of it. */
export interface Moved {
  runIds: string[];
  /** Why others were not moved; for people. */
  refused: string[];
}

/** A deleted run. Size in bytes, times in seconds since the epoch. */
export interface TrashedRun {
  id: string;
  name: string;
  created: number;
  size: number;
}

export interface TrashList {
  /** Newest first. */
  runs: TrashedRun[];
}

export interface EmptiedTrash {
  runs: number;
  /** Bytes that were freed. */
  size: number;
  refused: string[];
}

/** A git worktree with the code of a run. Absolute paths. */
export interface RunCode {
  runId: string;
  name: string;
  repository: string;
  commit: string;
  folder: string;
  /** The folder of the recipe in it. */
  recipeFolder: string;
  made: number;
  /** Edited since it was made. */
  changed: boolean;
  /** Untracked files that were large or sounded secret, and were not kept. */
  leftOut: string[];
}

export interface RunCodeList {
  /** Newest first. */
  folders: RunCode[];
}

/** What a dry run has seen, or why it did not come to its step. */
export interface DryRunReport {
  /** Markdown. */
  text: string;
  error: string | null;
  /** Somebody stopped it. */
  stopped: boolean;
}

/** What training makes of the row on a line; the text is empty where there is nothing to say. */
export interface SeenRow {
  /** Markdown. */
  text: string;
  /** The lines of the row, counted from 0. */
  first: number;
  last: number;
}

export interface LeftOut {
  first: number;
  last: number;
  message: string;
}

/** Rows from which nothing is learned. */
export interface SurveyedRows {
  rows: LeftOut[];
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
  "tunesmith/runs/pause": { params: NamedRun; result: Run };
  "tunesmith/runs/continue": { params: NamedRun; result: Run };
  "tunesmith/runs/startNow": { params: NamedRun; result: Run };
  "tunesmith/runs/moveUp": { params: NamedRun; result: Run };
  "tunesmith/runs/checkpoints": { params: NamedRun; result: CheckpointList };
  "tunesmith/runs/resume": { params: ResumeRun; result: StartedRun };
  "tunesmith/metrics/subscribe": { params: Subscribe; result: MetricsSnapshot };
  "tunesmith/metrics/unsubscribe": { params: Unsubscribe; result: Nothing };
  "tunesmith/options": { params: Options; result: Status };
  "tunesmith/focus": { params: Focus; result: Status };
  "tunesmith/rules/page": { params: NamedRule; result: RulePage };
  "tunesmith/interpreters/list": { params: ListInterpreters; result: InterpreterList };
  "tunesmith/environment/check": { params: CheckEnvironment; result: EnvironmentReport };
  "tunesmith/runs/document": { params: NamedRun; result: RunDocument };
  "tunesmith/runs/again": { params: RunAgain; result: StartedRun };
  "tunesmith/runs/annotate": { params: Annotate; result: Run };
  "tunesmith/runs/delete": { params: NamedRuns; result: Moved };
  "tunesmith/trash/list": { params: Nothing; result: TrashList };
  "tunesmith/trash/restore": { params: NamedRuns; result: Moved };
  "tunesmith/trash/empty": { params: Nothing; result: EmptiedTrash };
  "tunesmith/code/open": { params: NamedRun; result: RunCode };
  "tunesmith/code/list": { params: Nothing; result: RunCodeList };
  "tunesmith/code/remove": { params: NamedRuns; result: Moved };
  "tunesmith/dryRun/start": { params: StartDryRun; result: StartedRun };
  "tunesmith/dryRun/report": { params: NamedRun; result: DryRunReport };
  "tunesmith/data/row": { params: AskRow; result: SeenRow };
  "tunesmith/data/survey": { params: AskRows; result: SurveyedRows };
}

/** What the daemon sends unasked: method → parameters. */
export interface Notifications {
  "tunesmith/runs/changed": RunsChanged;
  "tunesmith/metrics/delta": MetricsDelta;
  "tunesmith/status": Status;
}
