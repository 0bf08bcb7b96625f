// What the tree, the status bar and the notifications say of a run.
import { l10n, MarkdownString, workspace } from "vscode";
import {
  count,
  duration,
  gigabytes,
  pace,
  roughly,
  runLabel,
  runTag,
  scalar,
  steps,
} from "../../shared/format";
import { elapsed, isAlive, outcome } from "../../shared/run";
import { headline } from "../models/outcome";
import { sparkline, type Use } from "../models/usage";
import type { Run } from "../protocol.gen";
import { usage } from "./rankWords";
import { resumedLine } from "./resumeWords";

/** "842 / 1,250 · 0.247 · 4 min · 12 steps/s", "step 842 · 12 steps/s", "f1 0.904 · 11 min", "stopped at 300" */
export function description(run: Run): string {
  const took = elapsed(run, run.created);
  switch (outcome(run)) {
    case "queued":
      return dotted(firstLine(run.message) || l10n.t("queued"), run.job ?? "");
    case "running":
      return dotted(
        run.supervised ? "" : l10n.t("unsupervised"),
        progress(run),
        run.loss === null ? "" : scalar(run.loss),
        timeLeft(run),
        speed(run),
        run.job ?? "",
      );
    case "finished":
      return dotted(result(run), took === null ? "" : roughly(took));
    case "stopped":
      return dotted(l10n.t("stopped at {0}", count(run.step)), firstLine(run.message));
    case "failed":
      return firstLine(run.message) || l10n.t("failed at {0}", count(run.step));
    case "lost":
      return l10n.t("lost at {0}", count(run.step));
  }
}

/** "#3f2a · 842 / 1,250 · 4 min left · 2 ranks" */
export function liveLine(run: Run): string {
  if (run.state === "queued") {
    return dotted(runTag(run), l10n.t("queued"));
  }
  const left = timeLeft(run);
  const rest = left ? l10n.t("{0} left", left) : run.totalSteps === null ? speed(run) : "";
  return dotted(runTag(run), progress(run), rest, ranks(run));
}

/** One word for a run's state, for readers and tooltips. */
export function stateWord(run: Run): string {
  switch (outcome(run)) {
    case "queued":
      return l10n.t("Queued");
    case "running":
      return run.supervised ? l10n.t("Running") : l10n.t("Running, unsupervised");
    case "finished":
      return l10n.t("Finished");
    case "stopped":
      return run.cause === "killed" ? l10n.t("Stopped at once") : l10n.t("Stopped");
    case "failed":
      return l10n.t("Failed");
    case "lost":
      return l10n.t("Lost");
  }
}

/** "sentiment #3f2a failed at step 612: …" */
export function failureMessage(run: Run, label = runLabel(run)): string {
  if (outcome(run) === "lost") {
    return l10n.t(
      "{0} was lost at step {1}: its processes are gone and none said why.",
      label,
      count(run.step),
    );
  }
  const cause = firstLine(run.message) || l10n.t("its log says why.");
  return run.step > 0
    ? l10n.t("{0} failed at step {1}: {2}", label, count(run.step), cause)
    : l10n.t("{0} failed before its first step: {1}", label, cause);
}

/** What "Stop Run" does to this run, in a sentence; empty while nobody knows. */
export function stopSaves(run: Run): string {
  switch (run.stop) {
    case "checkpoint":
      return l10n.t("Saves a checkpoint at the next step and ends.");
    case "signal":
      return l10n.t("Sends the script a SIGTERM at the next step; the script handles it itself.");
    case "nothing":
      return l10n.t(
        "Nothing will be saved: the script uses neither Accelerator nor Trainer and handles no SIGTERM.",
      );
    default:
      return "";
  }
}

/** `uses`: what its ranks used lately, oldest first. */
export function tooltip(run: Run, now: number, uses: Use[] = []): MarkdownString {
  const took = elapsed(run, now);
  const rows: [string, string][] = [
    [l10n.t("State"), stateWord(run)],
    [l10n.t("Step"), steps(run.step, run.totalSteps)],
    ...(run.epoch === null ? [] : [[l10n.t("Epoch"), scalar(run.epoch)] as [string, string]]),
    ...(run.loss === null ? [] : [["train/loss", scalar(run.loss)] as [string, string]]),
    ...Object.entries(run.metrics).map(([name, value]): [string, string] => [name, scalar(value)]),
    ...(run.stepsPerSecond ? [[l10n.t("Pace"), pace(run.stepsPerSecond)] as [string, string]] : []),
    ...(took === null ? [] : [[l10n.t("Time"), duration(took)] as [string, string]]),
    ...(run.worldSize === null ? [] : [[l10n.t("Ranks"), count(run.worldSize)] as [string, string]]),
    ...(run.job === null ? [] : [[l10n.t("Job"), run.job] as [string, string]]),
    ...usedBy(run),
    ...curves(uses),
    ...(isAlive(run) && run.stop !== null ? [[l10n.t("Stop"), stopSaves(run)] as [string, string]] : []),
    ...(run.resumed === null ? [] : [[l10n.t("Resumed"), resumedLine(run.resumed)] as [string, string]]),
    ...(run.tags.length === 0 ? [] : [[l10n.t("Tags"), run.tags.join(", ")] as [string, string]]),
    ...(run.note === "" ? [] : [[l10n.t("Note"), run.note] as [string, string]]),
    [l10n.t("Recipe"), workspace.asRelativePath(run.recipe)],
    [l10n.t("Run"), run.id],
  ];
  const text = new MarkdownString();
  text.appendMarkdown("**").appendText(runLabel(run)).appendMarkdown("**\n\n");
  if (run.message) {
    // Not in the table: a cell breaks no long word, and what stands behind it would be cut off.
    text.appendText(firstLine(run.message)).appendMarkdown("\n\n");
  }
  text.appendMarkdown("| | |\n|:--|:--|\n");
  for (const [name, value] of rows) {
    text.appendMarkdown("| ").appendText(cell(name)).appendMarkdown(" | ");
    text.appendText(cell(value)).appendMarkdown(" |\n");
  }
  return text;
}

/** "2 ranks"; of one alone nothing is said. */
function ranks(run: Run): string {
  return (run.worldSize ?? 1) > 1 ? l10n.t("{0} ranks", run.worldSize ?? 1) : "";
}

/** A row for each living rank: what it uses. */
function usedBy(run: Run): [string, string][] {
  const used = run.ranks.filter((rank) => rank.alive && usage(rank).length > 0);
  return used.map((rank) => [
    used.length > 1 ? l10n.t("Rank {0}", rank.number) : l10n.t("Uses"),
    usage(rank).join(" · "),
  ]);
}

/** A row for each figure of all ranks together: its last minutes, and the largest value in them. */
function curves(uses: Use[]): [string, string][] {
  const rows: [string, keyof Use, (value: number) => string][] = [
    [l10n.t("CPU"), "cpuPercent", (value) => `${Math.round(value)} %`],
    [l10n.t("Memory"), "memory", gigabytes],
    [l10n.t("GPU"), "gpuPercent", (value) => `${Math.round(value)} %`],
    [l10n.t("GPU memory"), "gpuMemory", gigabytes],
  ];
  return rows.flatMap(([name, figure, written]) => {
    const values = uses.map((use) => use[figure]);
    const known = values.filter((value) => value !== null);
    if (known.length < 2) {
      return [];
    }
    return [[name, l10n.t("{0} up to {1}", sparkline(values), written(Math.max(...known)))]];
  });
}

function progress(run: Run): string {
  switch (run.phase) {
    case "training":
      // A number alone would say nothing: of a script nobody knows the last step.
      return run.totalSteps === null ? l10n.t("step {0}", count(run.step)) : steps(run.step, run.totalSteps);
    case "evaluating":
      return l10n.t("evaluating at {0}", count(run.step));
    case "saving":
      return l10n.t("saving at {0}", count(run.step));
    case "stopping":
      return l10n.t("stopping at {0}", count(run.step));
    case "paused":
      return l10n.t("paused at {0}", count(run.step));
    case "restarting":
      return l10n.t("restarting");
    case "loading":
      return l10n.t("loading");
    case "waiting-for-debugger":
      return l10n.t("waiting for the debugger");
    default:
      return l10n.t("starting");
  }
}

function timeLeft(run: Run): string {
  return run.secondsLeft === null || run.phase !== "training" ? "" : roughly(run.secondsLeft);
}

function speed(run: Run): string {
  return run.phase === "training" && run.stepsPerSecond ? pace(run.stepsPerSecond) : "";
}

function result(run: Run): string {
  const best = headline(run);
  return best === undefined ? "" : `${best[0]} ${scalar(best[1])}`;
}

function dotted(...parts: string[]): string {
  return parts.filter((part) => part !== "").join(" · ");
}

export function firstLine(text: string | null): string {
  return text?.split("\n", 1)[0]?.trim() ?? "";
}

/** A table cell may hold neither a line break nor a bar. */
function cell(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll("|", "¦");
}
