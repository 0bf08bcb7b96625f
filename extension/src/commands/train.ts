import { basename } from "node:path";
import * as vscode from "vscode";
import type { Ctx } from "../ctx";
import { Failure } from "../failure";
import type { Problem, StartedRun } from "../protocol.gen";
import { pickRecipe } from "./pick";

/** Recipes that are being started: a double click starts one run. */
const starting = new Set<string>();

/** Save, start, and show the run; or show the problems that keep it from starting. */
export async function train(ctx: Ctx, target: unknown): Promise<void> {
  requireTrust();
  const uri = await pickRecipe(target);
  if (uri === undefined) {
    return;
  }
  if (starting.has(uri.toString())) {
    return;
  }
  starting.add(uri.toString());
  try {
    await saveAndStart(ctx, uri);
  } finally {
    starting.delete(uri.toString());
  }
}

async function saveAndStart(ctx: Ctx, uri: vscode.Uri): Promise<void> {
  await save(uri);
  const { run, problems } = await start(ctx, uri);
  if (run === null) {
    await showProblems(ctx, uri, problems);
    return;
  }
  ctx.runs.adopt(run);
  await ctx.dashboard.show(run.id);
  await ctx.tree.reveal(run.id);
}

function requireTrust(): void {
  if (!vscode.workspace.isTrusted) {
    const manage = () => vscode.commands.executeCommand("workbench.trust.manage");
    throw new Failure(vscode.l10n.t("Training runs code of this workspace, which is not trusted yet."), [
      { title: vscode.l10n.t("Manage Workspace Trust"), run: manage },
    ]);
  }
}

async function save(uri: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  if (document.isDirty && !(await document.save())) {
    throw new Failure(vscode.l10n.t("{0} could not be saved, so nothing was started.", basename(uri.fsPath)));
  }
}

async function start(ctx: Ctx, uri: vscode.Uri): Promise<StartedRun> {
  const title = vscode.l10n.t("Starting {0}", basename(uri.fsPath));
  const task = () => ctx.daemon.request("tunesmith/runs/start", { recipe: uri.fsPath });
  try {
    return await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, task);
  } catch (error) {
    if (ctx.status.value?.interpreter !== null) {
      throw error;
    }
    const select = () => vscode.commands.executeCommand("tunesmith.selectInterpreter");
    throw new Failure((error as Error).message, [
      { title: vscode.l10n.t("Select Training Interpreter"), run: select },
    ]);
  }
}

async function showProblems(ctx: Ctx, uri: vscode.Uri, problems: Problem[]): Promise<void> {
  const first = problems[0];
  if (first === undefined) {
    throw new Error(`The daemon refused ${uri.fsPath} and named no problem.`);
  }
  const at = new vscode.Position(Math.max(0, first.line - 1), Math.max(0, first.column - 1));
  const selection = new vscode.Range(at, at);
  await vscode.window.showTextDocument(uri, { selection, viewColumn: ctx.dashboard.textColumn() });
  await vscode.commands.executeCommand("workbench.actions.view.problems");
  const name = basename(uri.fsPath);
  throw new Failure(
    problems.length === 1
      ? vscode.l10n.t("{0} was not started. Line {1}: {2}", name, first.line, first.message)
      : vscode.l10n.t("{0} was not started: {1} problems would fail it.", name, problems.length),
  );
}
