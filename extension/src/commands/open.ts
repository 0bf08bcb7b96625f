import { access } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import { runLabel } from "../../shared/format";
import type { Ctx } from "../ctx";
import { Failure } from "../failure";
import type { Run } from "../protocol.gen";
import { pickRun } from "./pick";

/** Opens the log at its end. */
export async function showLog(ctx: Ctx, target: unknown): Promise<void> {
  const run = await pickAny(ctx, target);
  if (run === undefined) {
    return;
  }
  if (run.log === null) {
    throw new Failure(vscode.l10n.t("{0} has written no log yet.", runLabel(run)));
  }
  const document = await vscode.workspace.openTextDocument(run.log);
  const end = document.lineAt(document.lineCount - 1).range.end;
  const selection = new vscode.Range(end, end);
  await vscode.window.showTextDocument(document, { selection, viewColumn: ctx.dashboard.textColumn() });
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

function pickAny(ctx: Ctx, target: unknown): Promise<Run | undefined> {
  return pickRun(ctx, target, ctx.runs.all(), vscode.l10n.t("There are no runs yet."));
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
