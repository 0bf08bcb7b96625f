import { isAbsolute, join } from "node:path";
import * as vscode from "vscode";
import type { Ctx } from "../ctx";
import { RECIPE_FILES } from "../recipes";
import { recipeName } from "../views/choiceWords";
import { RunTerminal } from "./terminal";

const TYPE = "tunesmith";
const MATCHER = "$tunesmith";
const MOST = 100;

interface Definition extends vscode.TaskDefinition {
  /** From the folder on, or absolute; may hold variables like `${file}`. */
  recipe: string;
}

type Scope = vscode.WorkspaceFolder | vscode.TaskScope;

/** A task for every recipe, and those of tasks.json. */
export function provideTasks(ctx: Ctx): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(TYPE, {
    async provideTasks() {
      const found = await vscode.workspace.findFiles(RECIPE_FILES, undefined, MOST);
      return found.flatMap((uri) => {
        const folder = vscode.workspace.getWorkspaceFolder(uri);
        const recipe = vscode.workspace.asRelativePath(uri, false);
        return folder === undefined ? [] : [train(ctx, { type: TYPE, recipe }, folder)];
      });
    },
    resolveTask({ definition, scope }) {
      const { recipe } = definition as Partial<Definition>;
      return typeof recipe === "string" && recipe !== ""
        ? train(ctx, definition as Definition, scope ?? vscode.TaskScope.Workspace)
        : undefined;
    },
  });
}

/** VS Code wants back the very definition that it asked about. */
function train(ctx: Ctx, definition: Definition, scope: Scope): vscode.Task {
  const execution = new vscode.CustomExecution(async (resolved) => {
    return new RunTerminal(ctx, pathOf((resolved as Definition).recipe, scope));
  });
  const name = vscode.l10n.t("train {0}", recipeName(definition.recipe));
  const task = new vscode.Task(definition, scope, name, "Tunesmith", execution, MATCHER);
  task.detail = definition.recipe;
  return task;
}

function pathOf(recipe: string, scope: Scope): string {
  const folder = typeof scope === "object" ? scope : vscode.workspace.workspaceFolders?.[0];
  return isAbsolute(recipe) || folder === undefined ? recipe : join(folder.uri.fsPath, recipe);
}
