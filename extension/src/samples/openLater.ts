import { existsSync } from "node:fs";
import * as vscode from "vscode";

const KEY = "tunesmith.openLater";

/** The file is opened by the window that opens its folder: a window begins anew with another folder. */
export async function openLater(memory: vscode.Memento, file: vscode.Uri): Promise<void> {
  await memory.update(KEY, file.fsPath);
}

/** Opens what was left for this window. */
export async function openLeft(memory: vscode.Memento): Promise<void> {
  const path = memory.get<string>(KEY);
  const file = path === undefined ? undefined : vscode.Uri.file(path);
  if (path === undefined || file === undefined || vscode.workspace.getWorkspaceFolder(file) === undefined) {
    return;
  }
  await memory.update(KEY, undefined);
  if (existsSync(path)) {
    await vscode.window.showTextDocument(file);
  }
}
