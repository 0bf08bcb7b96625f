import * as vscode from "vscode";
import { isRecipe } from "./recipes";

/** The recipe that the active tab shows. A tab is there before its text is read, and with that its editor. */
export function activeRecipe(): vscode.Uri | undefined {
  const tab = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const uri = tab instanceof vscode.TabInputText ? tab.uri : vscode.window.activeTextEditor?.document.uri;
  return uri !== undefined && isRecipe(uri) ? uri : undefined;
}
