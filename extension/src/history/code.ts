import * as vscode from "vscode";
import { runLabel } from "../../shared/format";
import { requireTrust } from "../commands/start";
import type { Ctx } from "../ctx";
import { Failure } from "../failure";
import type { RunCode } from "../protocol.gen";
import { pickAnyRun } from "./targets";

/** A git worktree at the run's commit, with what was not committed, in another window. */
export async function openRunCode(ctx: Ctx, target: unknown): Promise<void> {
  requireTrust();
  const run = await pickAnyRun(ctx, target, vscode.l10n.t("Open the code of which run?"));
  if (run === undefined) {
    return;
  }
  const open = vscode.l10n.t("Open in New Window");
  const question = vscode.l10n.t("Open the code of {0}?", runLabel(run));
  const detail = vscode.l10n.t(
    "Its commit and what was not committed then are put into a folder of their own. Your working tree stays as it is.",
  );
  if ((await vscode.window.showInformationMessage(question, { modal: true, detail }, open)) !== open) {
    return;
  }
  const title = vscode.l10n.t("Checking out the code of {0}", runLabel(run));
  const location = vscode.ProgressLocation.Notification;
  const code = await vscode.window.withProgress({ location, title }, () =>
    ctx.daemon.request("tunesmith/code/open", { runId: run.id }),
  );
  await vscode.commands.executeCommand("vscode.openFolder", vscode.Uri.file(code.folder), {
    forceNewWindow: true,
  });
  if (code.leftOut.length > 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        "Large files and files whose names sound secret were not kept: {0}.",
        code.leftOut.join(", "),
      ),
    );
  }
}

interface Row extends vscode.QuickPickItem {
  code: RunCode;
}

/** Lists the folders that "Open This Run's Code" made, and removes those that are ticked. */
export async function removeRunCode(ctx: Ctx): Promise<void> {
  requireTrust();
  const { folders } = await ctx.daemon.request("tunesmith/code/list", {});
  if (folders.length === 0) {
    throw new Failure(vscode.l10n.t("No folder holds the code of a run."));
  }
  const picked = await vscode.window.showQuickPick(folders.map(row), {
    canPickMany: true,
    matchOnDetail: true,
    placeHolder: vscode.l10n.t("Remove the code of which runs?"),
  });
  if (picked === undefined || picked.length === 0 || !(await agreed(picked))) {
    return;
  }
  const runIds = picked.map(({ code }) => code.runId);
  const { refused } = await ctx.daemon.request("tunesmith/code/remove", { runIds });
  if (refused.length > 0) {
    throw new Failure(refused.join(" "));
  }
}

function row(code: RunCode): Row {
  const description = code.changed ? vscode.l10n.t("edited since it was opened") : "";
  return { label: runLabel({ id: code.runId, name: code.name }), description, detail: code.folder, code };
}

/** What was edited there is nowhere else. */
async function agreed(picked: Row[]): Promise<boolean> {
  const edited = picked.filter(({ code }) => code.changed).map(({ label }) => label);
  if (edited.length === 0) {
    return true;
  }
  const remove = vscode.l10n.t("Remove");
  const question = vscode.l10n.t("Remove code that was edited?");
  const detail = vscode.l10n.t("What was edited or committed in these is lost: {0}.", edited.join(", "));
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, remove)) === remove;
}
