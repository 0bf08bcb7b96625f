import * as vscode from "vscode";
import { runLabel } from "../../shared/format";
import { activeRecipe } from "../activeRecipe";
import type { Ctx } from "../ctx";
import { Failure } from "../failure";
import type { Run } from "../protocol.gen";
import { isRecipe, RECIPE_FILES } from "../recipes";
import { runIcon } from "../views/icons";
import { RankNode, RunNode } from "../views/runsTree";
import { description as runDescription } from "../views/words";

/** The run that a command is meant for: the target's, the only one, or the one that is picked. */
export async function pickRun(
  ctx: Ctx,
  target: unknown,
  among: Run[],
  none: string,
  question = vscode.l10n.t("Which run?"),
): Promise<Run | undefined> {
  const node = target instanceof RankNode ? target.run : target;
  const id = node instanceof RunNode ? node.id : node;
  if (typeof id === "string") {
    const run = ctx.runs.get(id);
    if (run === undefined) {
      throw new Failure(vscode.l10n.t("Run {0} is not in the folders of this window.", id));
    }
    return run;
  }
  if (among.length === 0) {
    throw new Failure(none);
  }
  if (among.length === 1) {
    return among[0];
  }
  const items = among.map((run) => runRow(ctx, run));
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: question,
    matchOnDescription: true,
  });
  return picked?.run;
}

/** As it stands in the Runs view. */
export function runRow(ctx: Ctx, run: Run): vscode.QuickPickItem & { run: Run } {
  const iconPath = runIcon(run, ctx.context.extensionUri);
  return { label: runLabel(run), description: runDescription(run), iconPath, run };
}

/** The recipe that a command is meant for: the target's, the open one, or one of the workspace. */
export async function pickRecipe(target: unknown): Promise<vscode.Uri | undefined> {
  const given = typeof target === "string" ? vscode.Uri.parse(target) : target;
  if (given instanceof vscode.Uri) {
    return given;
  }
  const open = openRecipes();
  if (open.length === 1) {
    return open[0];
  }
  const found = open.length > 0 ? open : await vscode.workspace.findFiles(RECIPE_FILES, undefined, 100);
  if (found.length === 0) {
    throw new Failure(vscode.l10n.t("No recipe is open. Open a file whose name ends in .train.yaml."));
  }
  if (found.length === 1) {
    return found[0];
  }
  const items = found
    .map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }))
    .sort((a, b) => a.label.localeCompare(b.label));
  const picked = await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t("Which recipe?") });
  return picked?.uri;
}

/** The active editor's recipe alone, else those that are visible. */
function openRecipes(): vscode.Uri[] {
  const active = activeRecipe();
  if (active !== undefined) {
    return [active];
  }
  const visible = vscode.window.visibleTextEditors.map(({ document }) => document.uri).filter(isRecipe);
  return [...new Map(visible.map((uri) => [uri.toString(), uri])).values()];
}
