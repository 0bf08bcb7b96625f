// How a run stands in the table: its state in words, its progress, its order.
import * as l10n from "@vscode/l10n";
import { isAlive } from "../../../shared/run";
import type { Run } from "../../../src/protocol.gen";

export function stateText(run: Run): string {
  switch (run.state) {
    case "queued":
      return l10n.t("Queued");
    case "running":
      return phaseText(run.phase);
    case "ended":
      return causeText(run.cause);
    case "lost":
      return l10n.t("Lost");
  }
}

function phaseText(phase: Run["phase"]): string {
  switch (phase ?? "starting") {
    case "starting":
      return l10n.t("Starting");
    case "loading":
      return l10n.t("Loading");
    case "waiting-for-debugger":
      return l10n.t("Waiting for the debugger");
    case "evaluating":
      return l10n.t("Evaluating");
    case "saving":
      return l10n.t("Saving");
    case "stopping":
      return l10n.t("Stopping");
    default:
      return l10n.t("Running");
  }
}

function causeText(cause: Run["cause"]): string {
  switch (cause) {
    case "finished":
      return l10n.t("Finished");
    case "stopped":
      return l10n.t("Stopped");
    case "killed":
      return l10n.t("Killed");
    case "failed":
      return l10n.t("Failed");
    case "signalled":
      return l10n.t("Ended by a signal");
    case "launch-failed":
      return l10n.t("Did not start");
    case "preempted":
      return l10n.t("Preempted");
    default:
      return l10n.t("Ended");
  }
}

/** "2 ranks"; of one alone nothing is said. */
export function rankText(run: Run): string {
  return (run.worldSize ?? 1) > 1 ? l10n.t("{0} ranks", run.worldSize ?? 1) : "";
}

/** From 0 to 1; null while the number of steps is not known. */
export function progress(run: Run): number | null {
  return run.totalSteps ? Math.min(1, run.step / run.totalSteps) : null;
}

/** Running runs on top, then the newest first. */
export function sortRuns(runs: Iterable<Run>): Run[] {
  return [...runs].sort((a, b) => Number(isAlive(b)) - Number(isAlive(a)) || b.created - a.created);
}
