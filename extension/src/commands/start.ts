import { basename } from "node:path";
import * as vscode from "vscode";
import type { Ctx } from "../ctx";
import { Failure } from "../failure";
import { interpreterActions, isAboutEnvironment, wantsInterpreter } from "../interpreters/actions";
import type { Problem, Run, StartedRun } from "../protocol.gen";

/** Recipes that are being started: a double click starts one run. */
const starting = new Set<string>();

/**
 * Saves the recipe and starts a run of it, with `debug` one whose processes wait for a debugger, with `queue` one
 * that waits for room; null leaves that to the recipe. Throws, with the problems shown, when they keep it from starting; undefined when it is being started already.
 */
export function startRun(
  ctx: Ctx,
  recipe: vscode.Uri,
  debug: boolean,
  queue: true | null = null,
): Promise<Run | undefined> {
  return launch(ctx, recipe, async () => {
    await save(recipe);
    return ctx.daemon.request("tunesmith/runs/start", { recipe: recipe.fsPath, debug, queue });
  });
}

/** As `startRun`, however the start is asked for. `recipe` is the document that its problems are shown in. */
export async function launch(
  ctx: Ctx,
  recipe: vscode.Uri,
  ask: () => Promise<StartedRun>,
): Promise<Run | undefined> {
  requireTrust();
  if (starting.has(recipe.toString())) {
    return undefined;
  }
  starting.add(recipe.toString());
  try {
    const { run, problems } = await request(recipe, ask);
    if (run === null) {
      return await showProblems(ctx, recipe, problems);
    }
    ctx.runs.adopt(run);
    return run;
  } finally {
    starting.delete(recipe.toString());
  }
}

export function requireTrust(): void {
  if (!vscode.workspace.isTrusted) {
    const manage = () => vscode.commands.executeCommand("workbench.trust.manage");
    throw new Failure(vscode.l10n.t("Training runs code of this workspace, which is not trusted yet."), [
      { title: vscode.l10n.t("Manage Workspace Trust"), run: manage },
    ]);
  }
}

export async function save(uri: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  if (document.isDirty && !(await document.save())) {
    throw new Failure(vscode.l10n.t("{0} could not be saved, so nothing was started.", basename(uri.fsPath)));
  }
}

async function request(uri: vscode.Uri, ask: () => Promise<StartedRun>): Promise<StartedRun> {
  const title = vscode.l10n.t("Starting {0}", basename(uri.fsPath));
  try {
    return await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, ask);
  } catch (error) {
    if (!wantsInterpreter(error)) {
      throw error;
    }
    throw new Failure((error as Error).message, interpreterActions());
  }
}

async function showProblems(ctx: Ctx, uri: vscode.Uri, problems: Problem[]): Promise<never> {
  const first = problems[0];
  if (first === undefined) {
    throw new Error(vscode.l10n.t("The daemon refused {0} and named no problem.", uri.fsPath));
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
    problems.some(isAboutEnvironment) ? interpreterActions() : [],
  );
}
