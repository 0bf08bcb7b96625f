import { access } from "node:fs/promises";
import { basename, join } from "node:path";
import * as vscode from "vscode";
import { runLabel } from "../../shared/format";
import type { Ctx } from "../ctx";
import { Failure } from "../failure";
import { logUri, toEnd, tracebackUri } from "../logs/documents";
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
  const title = `${runLabel(run)} ${basename(file, ".log").replace("rank-", "rank ")}`;
  toEnd(await show(ctx, logUri(title, file)));
}

/** The log of the rank whose row is selected. */
export async function openSelectedRank(ctx: Ctx): Promise<void> {
  const node = ctx.tree.selectedRank();
  if (node !== undefined) {
    await showLog(ctx, node);
  }
}

/** Opens the traceback of a rank, or of the rank that failed first; what left none has its log. */
export async function showError(ctx: Ctx, target: unknown): Promise<void> {
  const run = await pickAny(ctx, target);
  if (run === undefined) {
    return;
  }
  const rank = target instanceof RankNode ? rankOf(run, target) : firstError(run);
  if (!rank?.traceback) {
    return showLog(ctx, target ?? run.id);
  }
  const title = run.ranks.length > 1 ? `${runLabel(run)} rank ${rank.number}` : runLabel(run);
  await show(ctx, tracebackUri(title, rank.traceback));
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
