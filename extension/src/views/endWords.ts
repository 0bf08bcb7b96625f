// What the notifications say of runs that ended.
import { l10n } from "vscode";
import { count, roughly, runLabel, scalar } from "../../shared/format";
import { elapsed, type Outcome, outcome } from "../../shared/run";
import { headline } from "../models/outcome";
import type { Run } from "../protocol.gen";
import { failureMessage, firstLine } from "./words";

/** "sentiment #3f2a finished after 11 min: f1 0.904.", why it failed, or what stopped it. */
export function endMessage(run: Run): string {
  if (isFailure(run)) {
    return failureMessage(run);
  }
  if (outcome(run) === "stopped") {
    return l10n.t("{0} stopped at step {1}: {2}", runLabel(run), count(run.step), firstLine(run.message));
  }
  const took = elapsed(run, run.created);
  const said = took === null ? "" : roughly(took);
  const best = headline(run);
  const label = runLabel(run);
  return best === undefined
    ? l10n.t("{0} finished after {1}.", label, said)
    : l10n.t("{0} finished after {1}: {2} {3}.", label, said, best[0], scalar(best[1]));
}

export function isFailure(run: Run): boolean {
  return outcome(run) === "failed" || outcome(run) === "lost";
}

/** "Runs that ended while this window was closed: 2 finished, 1 failed." */
export function missedMessage(runs: Run[]): string {
  const number = (wanted: Outcome): number => runs.filter((run) => outcome(run) === wanted).length;
  const parts = [
    { number: number("finished"), text: l10n.t("{0} finished", count(number("finished"))) },
    { number: number("stopped"), text: l10n.t("{0} stopped", count(number("stopped"))) },
    { number: number("failed"), text: l10n.t("{0} failed", count(number("failed"))) },
    { number: number("lost"), text: l10n.t("{0} lost", count(number("lost"))) },
  ];
  const told = parts.filter((part) => part.number > 0).map(({ text }) => text);
  return l10n.t("Runs that ended while this window was closed: {0}.", told.join(", "));
}
