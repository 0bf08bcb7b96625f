import * as vscode from "vscode";
import { isRecipe } from "../recipes";

/** The folder that a choice is for: the open recipe's, the only one, or the one that is picked. */
export async function pickFolder(): Promise<vscode.WorkspaceFolder | "none" | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const open = vscode.window.activeTextEditor?.document.uri;
  const ofRecipe = open && isRecipe(open) ? vscode.workspace.getWorkspaceFolder(open) : undefined;
  if (ofRecipe !== undefined || folders.length <= 1) {
    return ofRecipe ?? folders[0] ?? "none";
  }
  return vscode.window.showWorkspaceFolderPick({
    placeHolder: vscode.l10n.t("For the recipes of which folder?"),
  });
}
