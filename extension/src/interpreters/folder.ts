import * as vscode from "vscode";
import { activeRecipe } from "../activeRecipe";

/** The folder that a choice is for: the open recipe's, the only one, or the one that is picked. */
export async function pickFolder(): Promise<vscode.WorkspaceFolder | "none" | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const recipe = activeRecipe();
  const ofRecipe = recipe && vscode.workspace.getWorkspaceFolder(recipe);
  if (ofRecipe !== undefined || folders.length <= 1) {
    return ofRecipe ?? folders[0] ?? "none";
  }
  return vscode.window.showWorkspaceFolderPick({
    placeHolder: vscode.l10n.t("For the recipes of which folder?"),
  });
}
