// How a run stands in the table: its state in words, its progress, its order.
import { isAlive } from "../../../shared/run";
import type { Run } from "../../../src/protocol.gen";

const PHASES: Record<string, string> = {
  starting: "Starting",
  loading: "Loading",
  training: "Running",
  evaluating: "Evaluating",
  saving: "Saving",
  stopping: "Stopping",
};

const CAUSES: Record<NonNullable<Run["cause"]>, string> = {
  finished: "Finished",
  stopped: "Stopped",
  killed: "Killed",
  failed: "Failed",
  signalled: "Ended by a signal",
  "launch-failed": "Did not start",
};

export function stateText(run: Run): string {
  switch (run.state) {
    case "queued":
      return "Queued";
    case "running":
      return PHASES[run.phase ?? "starting"] ?? "Running";
    case "ended":
      return run.cause ? CAUSES[run.cause] : "Ended";
    case "lost":
      return "Lost";
  }
}

/** From 0 to 1; null while the number of steps is not known. */
export function progress(run: Run): number | null {
  return run.totalSteps ? Math.min(1, run.step / run.totalSteps) : null;
}

/** Running runs on top, then the newest first. */
export function sortRuns(runs: Iterable<Run>): Run[] {
  return [...runs].sort((a, b) => Number(isAlive(b)) - Number(isAlive(a)) || b.created - a.created);
}
