import { basename } from "node:path";
import * as vscode from "vscode";
import { pickRecipe } from "../commands/pick";
import { requireTrust } from "../commands/start";
import type { Ctx } from "../ctx";
import { DEBUG_TYPE } from "./configuration";

/** Starts a run of the recipe under the debugger; the session starts it, so that Restart starts the next one. */
export async function debugRecipe(_ctx: Ctx, target: unknown): Promise<void> {
  requireTrust();
  const recipe = await pickRecipe(target);
  if (recipe !== undefined) {
    await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(recipe), launchOf(recipe));
  }
}

export function launchOf(recipe: vscode.Uri): vscode.DebugConfiguration {
  return { type: DEBUG_TYPE, request: "launch", name: basename(recipe.fsPath), recipe: recipe.fsPath };
}
