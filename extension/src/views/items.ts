// The rows of the tree.
import * as vscode from "vscode";
import { count, runLabel } from "../../shared/format";
import { outcome } from "../../shared/run";
import type { Group, Section } from "../models/groups";
import type { Use } from "../models/usage";
import type { Rank, Run } from "../protocol.gen";
import { rankIcon, runIcon } from "./icons";
import { rankDescription, usage } from "./rankWords";
import { description, stateWord, tooltip } from "./words";

export function runItem(run: Run, extension: vscode.Uri): vscode.TreeItem {
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(runLabel(run), shownRanks(run).length > 0 ? Collapsed : None);
  item.id = run.id;
  item.description = [description(run), ...run.tags].join(" · ");
  item.iconPath = runIcon(run, extension);
  item.contextValue = menuKind(run);
  item.accessibilityInformation = { label: `${runLabel(run)}, ${stateWord(run)}, ${item.description}` };
  item.command = { command: "tunesmith.openSelectedRun", title: vscode.l10n.t("Open Dashboard") };
  return item;
}

/** Written when the pointer rests on the row: its figures are those of that moment. */
export function runTooltip(run: Run, uses: Use[]): vscode.MarkdownString {
  return tooltip(run, Date.now() / 1000, uses);
}

export function rankItem(run: Run, rank: Rank): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("rank {0}", rank.number));
  item.id = `${run.id}/rank-${rank.number}`;
  item.description = rankDescription(rank);
  item.iconPath = rankIcon(rank);
  item.tooltip = [item.label, vscode.l10n.t("process {0}", rank.pid), ...usage(rank), rank.error ?? ""]
    .filter(Boolean)
    .join("\n");
  item.contextValue = rank.traceback === null ? "rank.other" : "rank.failed";
  item.accessibilityInformation = { label: `${item.label}, ${item.description}` };
  item.command = { command: "tunesmith.openSelectedRank", title: vscode.l10n.t("Show Log") };
  return item;
}

export function groupItem(group: Group): vscode.TreeItem {
  const { Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(
    group.section === "recipe" ? group.name : sectionName(group.section),
    Expanded,
  );
  item.id = `group.${group.id}`;
  item.description = count(group.runs.length);
  item.contextValue = "group";
  if (group.section === "recipe") {
    item.tooltip = group.recipe;
  }
  return item;
}

/** One process alone is the run: only several are told apart. */
export function shownRanks(run: Run | undefined): Rank[] {
  return run !== undefined && run.ranks.length > 1 ? run.ranks : [];
}

/** The phases in which other commands make sense than while it trains. */
const TOLD_APART = ["stopping", "paused", "restarting"];

/** What the menus of package.json tell apart. */
function menuKind(run: Run): string {
  switch (outcome(run)) {
    case "queued":
      return "run.queued";
    case "running":
      return `run.${TOLD_APART.includes(run.phase ?? "") ? run.phase : "running"}`;
    case "failed":
    case "lost":
      return "run.failed";
    default:
      return "run.other";
  }
}

function sectionName(section: Section): string {
  switch (section) {
    case "running":
      return vscode.l10n.t("Running");
    case "queued":
      return vscode.l10n.t("Queued");
    case "today":
      return vscode.l10n.t("Today");
    case "yesterday":
      return vscode.l10n.t("Yesterday");
    case "earlier":
      return vscode.l10n.t("Earlier");
    case "ended":
      return vscode.l10n.t("Ended");
  }
}
