import * as vscode from "vscode";
import { runLabel } from "../../shared/format";
import { requireTrust } from "../commands/start";
import type { Ctx } from "../ctx";
import { Failure } from "../failure";
import type { TrashedRun } from "../protocol.gen";
import { fileSize, isOver } from "./choose";
import { targetRuns } from "./targets";

/** Into the trash, from where the notification takes them out again. */
export async function deleteRuns(ctx: Ctx, target: unknown, selection: unknown): Promise<void> {
  requireTrust();
  const over = ctx.runs.all().filter(isOver);
  const runs = await targetRuns(
    ctx,
    target,
    selection,
    over,
    vscode.l10n.t("No run is over."),
    vscode.l10n.t("Delete which run?"),
  );
  if (runs.length === 0) {
    return;
  }
  const names = new Map(runs.map((run) => [run.id, runLabel(run)]));
  const { runIds, refused } = await ctx.daemon.request("tunesmith/runs/delete", {
    runIds: [...names.keys()],
  });
  // Not awaited: the command ends when the runs are moved, not when somebody closes the message.
  void offerToRestore(
    ctx,
    runIds,
    runIds.map((id) => names.get(id) ?? id),
  );
  complain(refused);
}

async function offerToRestore(ctx: Ctx, runIds: string[], names: string[]): Promise<void> {
  if (runIds.length === 0) {
    return;
  }
  const text =
    names.length === 1
      ? vscode.l10n.t("{0} is in the trash.", names[0] ?? "")
      : vscode.l10n.t("{0} runs are in the trash.", names.length);
  const undo = vscode.l10n.t("Restore");
  if ((await vscode.window.showInformationMessage(text, undo)) === undo) {
    await restore(ctx, runIds).catch((error) => vscode.window.showErrorMessage((error as Error).message));
  }
}

/** Picks among the deleted runs. */
export async function restoreRuns(ctx: Ctx): Promise<void> {
  requireTrust();
  const runs = await listTrash(ctx);
  const items = runs.map((run) => ({ label: runLabel(run), description: fileSize(run.size), run }));
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    placeHolder: vscode.l10n.t("Restore which runs?"),
  });
  if (picked !== undefined && picked.length > 0) {
    await restore(
      ctx,
      picked.map(({ run }) => run.id),
    );
  }
}

/** Asks first, with what it would free. */
export async function emptyTrash(ctx: Ctx): Promise<void> {
  requireTrust();
  const runs = await listTrash(ctx);
  const size = fileSize(runs.reduce((sum, run) => sum + run.size, 0));
  const remove = vscode.l10n.t("Delete for Good");
  const question =
    runs.length === 1
      ? vscode.l10n.t("Delete 1 run for good?")
      : vscode.l10n.t("Delete {0} runs for good?", runs.length);
  const detail = vscode.l10n.t("{0} with their checkpoints: {1}.", size, runs.map(runLabel).join(", "));
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, remove)) !== remove) {
    return;
  }
  const title = vscode.l10n.t("Emptying the trash");
  const location = vscode.ProgressLocation.Notification;
  const done = await vscode.window.withProgress({ location, title }, () =>
    ctx.daemon.request("tunesmith/trash/empty", {}),
  );
  void vscode.window.showInformationMessage(vscode.l10n.t("{0} freed.", fileSize(done.size)));
  complain(done.refused);
}

async function listTrash(ctx: Ctx): Promise<TrashedRun[]> {
  const { runs } = await ctx.daemon.request("tunesmith/trash/list", {});
  if (runs.length === 0) {
    throw new Failure(vscode.l10n.t("The trash is empty."));
  }
  return runs;
}

async function restore(ctx: Ctx, runIds: string[]): Promise<void> {
  const { runIds: back, refused } = await ctx.daemon.request("tunesmith/trash/restore", { runIds });
  const [first] = back;
  if (first !== undefined) {
    await ctx.tree.reveal(first);
  }
  complain(refused);
}

function complain(refused: string[]): void {
  if (refused.length > 0) {
    throw new Failure(refused.join(" "));
  }
}
