// How a run stands in the table: its state in words and by icon, its order, its times.
import type { Run } from "../../../src/protocol.gen";

export function isAlive(run: Run): boolean {
  return run.state === "running" || run.state === "queued";
}

export type StateIcon = "ring" | "queued" | "passed" | "failed" | "stopped" | "lost";

const PHASES: Record<string, string> = {
  starting: "Starting",
  loading: "Loading",
  training: "Running",
  evaluating: "Evaluating",
  saving: "Saving",
  stopping: "Stopping",
};

const CAUSES: Record<NonNullable<Run["cause"]>, [text: string, icon: StateIcon]> = {
  finished: ["Finished", "passed"],
  stopped: ["Stopped", "stopped"],
  killed: ["Killed", "stopped"],
  failed: ["Failed", "failed"],
  signalled: ["Ended by a signal", "failed"],
  "launch-failed": ["Did not start", "failed"],
};

export function stateText(run: Run): string {
  switch (run.state) {
    case "queued":
      return "Queued";
    case "running":
      return PHASES[run.phase ?? "starting"] ?? "Running";
    case "ended":
      return run.cause ? CAUSES[run.cause][0] : "Ended";
    case "lost":
      return "Lost";
  }
}

export function stateIcon(run: Run): StateIcon {
  switch (run.state) {
    case "queued":
      return "queued";
    case "running":
      return "ring";
    case "ended":
      return run.cause ? CAUSES[run.cause][1] : "stopped";
    case "lost":
      return "lost";
  }
}

/** From 0 to 1; null while the number of steps is not known. */
export function progress(run: Run): number | null {
  return run.totalSteps ? Math.min(1, run.step / run.totalSteps) : null;
}

/** Seconds from the start to the end, or to now. */
export function elapsed(run: Run, now: number): number | null {
  const end = run.ended ?? (isAlive(run) ? now : null);
  return end === null ? null : Math.max(0, end - run.created);
}

/** Running runs on top, then the newest first. */
export function sortRuns(runs: Iterable<Run>): Run[] {
  return [...runs].sort((a, b) => Number(isAlive(b)) - Number(isAlive(a)) || b.created - a.created);
}
