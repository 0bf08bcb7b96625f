import { access } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import { runLabel } from "../../shared/format";
import { outcome } from "../../shared/run";
import type { Ctx } from "../ctx";
import { Failure } from "../failure";
import { logName } from "../logs/texts";
import { allLogsUri, errorUri, logUri } from "../logs/uris";
import { firstError } from "../models/outcome";
import type { Rank, Run } from "../protocol.gen";
import { RankNode } from "../views/runsTree";
import { pickRun } from "./pick";

/** Opens the log of a rank, or the one of a run that says most, at its end, and follows it. */
export async function showLog(ctx: Ctx, target: unknown): Promise<void> {
  const run = await pickAny(ctx, target);
  if (run === undefined) {
    return;
  }
  const file = target instanceof RankNode ? rankOf(run, target)?.log : run.log;
  if (!file) {
    throw new Failure(vscode.l10n.t("{0} has written no log yet.", runLabel(run)));
  }
  ctx.follower.follow(await show(ctx, logUri(`${runLabel(run)} ${logName(file)}`, file)));
}

/** Opens the ends of all logs of a run in one document, folded by rank. */
export async function showAllLogs(ctx: Ctx, target: unknown): Promise<void> {
  const run = await pickAny(ctx, target);
  if (run !== undefined) {
    await show(ctx, allLogsUri(`${runLabel(run)} ${vscode.l10n.t("all ranks")}`, run));
  }
}

/** Goes to the end of the open log and stays there while it grows. */
export function followLog({ follower }: Ctx): void {
  if (vscode.window.activeTextEditor !== undefined) {
    follower.follow(vscode.window.activeTextEditor);
  }
}

export function stopFollowingLog({ follower }: Ctx): void {
  if (vscode.window.activeTextEditor !== undefined) {
    follower.unfollow(vscode.window.activeTextEditor);
  }
}

/** The log of the rank whose row is selected. */
export async function openSelectedRank(ctx: Ctx): Promise<void> {
  const node = ctx.tree.selectedRank();
  if (node !== undefined) {
    await showLog(ctx, node);
  }
}

/** Opens what ended a run, the rank that is named or that failed first at the top; of one that did not fail, its log. */
export async function showError(ctx: Ctx, target: unknown): Promise<void> {
  const run = await pickAny(ctx, target);
  if (run === undefined) {
    return;
  }
  const rank = target instanceof RankNode ? rankOf(run, target) : firstError(run);
  const failed = ["failed", "lost"].includes(outcome(run)) || Boolean(rank?.traceback);
  if (!failed) {
    return showLog(ctx, target ?? run.id);
  }
  const numbered = rank !== undefined && run.ranks.length > 1;
  const title = numbered ? `${runLabel(run)} ${vscode.l10n.t("rank {0}", rank.number)}` : runLabel(run);
  await show(ctx, errorUri(title, run, rank?.number));
}

/** Opens the recipe that the run was started from; if it is gone, the copy that the run kept. */
export async function openRecipe(ctx: Ctx, target: unknown): Promise<void> {
  const run = await pickAny(ctx, target);
  if (run !== undefined) {
    const path = (await exists(run.recipe)) ? run.recipe : join(run.folder, "recipe.yaml");
    const viewColumn = ctx.dashboard.textColumn();
    await vscode.window.showTextDocument(vscode.Uri.file(path), { viewColumn });
  }
}

/** In the Explorer where the folder is part of the window, else in the system's file manager. */
export async function revealRunFolder(ctx: Ctx, target: unknown): Promise<void> {
  const run = await pickAny(ctx, target);
  if (run !== undefined) {
    const folder = vscode.Uri.file(run.folder);
    const inside = vscode.workspace.getWorkspaceFolder(folder) !== undefined;
    await vscode.commands.executeCommand(inside ? "revealInExplorer" : "revealFileInOS", folder);
  }
}

function rankOf(run: Run, node: RankNode): Rank | undefined {
  return run.ranks.find(({ number }) => number === node.number);
}

async function show(ctx: Ctx, uri: vscode.Uri): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument(uri);
  return vscode.window.showTextDocument(document, { viewColumn: ctx.dashboard.textColumn() });
}

function pickAny(ctx: Ctx, target: unknown): Promise<Run | undefined> {
  return pickRun(ctx, target, ctx.runs.all(), vscode.l10n.t("There are no runs yet."));
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
