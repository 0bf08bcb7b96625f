// What the tree, the status bar and the notifications say of a run.
import * as vscode from "vscode";
import { count, duration, roughly, runLabel, runTag, scalar, steps } from "../../shared/format";
import { elapsed, headline, outcome } from "../models/outcome";
import type { Run } from "../protocol.gen";

const { t } = vscode.l10n;

/** "842 / 1,250 · 0.247 · 4 min", "f1 0.904 · 11 min", "stopped at 300" */
export function description(run: Run): string {
  switch (outcome(run)) {
    case "queued":
      return t("queued");
    case "running":
      return dotted(progress(run), run.loss === null ? "" : scalar(run.loss), timeLeft(run));
    case "finished":
      return dotted(result(run), roughly(elapsed(run, run.created)));
    case "stopped":
      return t("stopped at {0}", count(run.step));
    case "failed":
      return firstLine(run.message) || t("failed at {0}", count(run.step));
    case "lost":
      return t("lost at {0}", count(run.step));
  }
}

/** "#3f2a · 842 / 1,250 · 4 min left" */
export function liveLine(run: Run): string {
  const left = timeLeft(run);
  return dotted(runTag(run), progress(run), left && t("{0} left", left));
}

/** One word for a run's state, for readers and tooltips. */
export function stateWord(run: Run): string {
  switch (outcome(run)) {
    case "queued":
      return t("Queued");
    case "running":
      return run.supervised ? t("Running") : t("Running, unsupervised");
    case "finished":
      return t("Finished");
    case "stopped":
      return run.cause === "killed" ? t("Stopped at once") : t("Stopped");
    case "failed":
      return t("Failed");
    case "lost":
      return t("Lost");
  }
}

/** "sentiment #3f2a failed at step 612: …" */
export function failureMessage(run: Run): string {
  const label = runLabel(run);
  if (outcome(run) === "lost") {
    return t("{0} was lost at step {1}: its processes are gone and none said why.", label, count(run.step));
  }
  const cause = firstLine(run.message) || t("its log says why.");
  return run.step > 0
    ? t("{0} failed at step {1}: {2}", label, count(run.step), cause)
    : t("{0} failed before its first step: {1}", label, cause);
}

export function tooltip(run: Run, now: number): vscode.MarkdownString {
  const rows: [string, string][] = [
    [t("State"), run.message ? `${stateWord(run)}: ${firstLine(run.message)}` : stateWord(run)],
    [t("Step"), steps(run.step, run.totalSteps)],
    ...(run.epoch === null ? [] : [[t("Epoch"), scalar(run.epoch)] as [string, string]]),
    ...(run.loss === null ? [] : [["train/loss", scalar(run.loss)] as [string, string]]),
    ...Object.entries(run.metrics).map(([name, value]): [string, string] => [name, scalar(value)]),
    [t("Time"), duration(elapsed(run, now))],
    ...(run.worldSize === null ? [] : [[t("Processes"), count(run.worldSize)] as [string, string]]),
    [t("Recipe"), vscode.workspace.asRelativePath(run.recipe)],
    [t("Run"), run.id],
  ];
  const text = new vscode.MarkdownString();
  text.appendMarkdown("**").appendText(runLabel(run)).appendMarkdown("**\n\n| | |\n|:--|:--|\n");
  for (const [name, value] of rows) {
    text.appendMarkdown("| ").appendText(cell(name)).appendMarkdown(" | ");
    text.appendText(cell(value)).appendMarkdown(" |\n");
  }
  return text;
}

function progress(run: Run): string {
  switch (run.phase) {
    case "training":
      return steps(run.step, run.totalSteps);
    case "evaluating":
      return t("evaluating at {0}", count(run.step));
    case "saving":
      return t("saving at {0}", count(run.step));
    case "stopping":
      return t("stopping at {0}", count(run.step));
    case "loading":
      return t("loading");
    default:
      return t("starting");
  }
}

function timeLeft(run: Run): string {
  return run.secondsLeft === null || run.phase !== "training" ? "" : roughly(run.secondsLeft);
}

function result(run: Run): string {
  const best = headline(run);
  return best === undefined ? "" : `${best[0]} ${scalar(best[1])}`;
}

function dotted(...parts: string[]): string {
  return parts.filter((part) => part !== "").join(" · ");
}

function firstLine(text: string | null): string {
  return text?.split("\n", 1)[0]?.trim() ?? "";
}

/** A table cell may hold neither a line break nor a bar. */
function cell(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll("|", "¦");
}
