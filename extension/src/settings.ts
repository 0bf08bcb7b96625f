import { homedir } from "node:os";
import * as vscode from "vscode";
import type { Disposable } from "./emitter";
import type { Options } from "./protocol.gen";
import { expandPath } from "./python";

/** The Python that has tunesmith installed; undefined when nobody named one. No workspace has a say in where it lies. */
export function daemonPython(): string | undefined {
  const value = read("daemon.python");
  return value ? expandPath(value, homedir(), undefined) : process.env.TUNESMITH_DAEMON_PYTHON;
}

/** The Python that training runs in; undefined: the daemon looks for one. */
export function trainingInterpreter(): string | undefined {
  const value = read("trainingInterpreter");
  return value ? fullPath(value) : undefined;
}

/** A path as it may be written in a setting: with `~`, `${workspaceFolder}` or from the workspace folder on. */
export function fullPath(text: string): string {
  return expandPath(text, homedir(), vscode.workspace.workspaceFolders?.[0]?.uri.fsPath);
}

export function daemonOptions(): Options {
  return { trusted: vscode.workspace.isTrusted, trainingInterpreter: trainingInterpreter() ?? null };
}

export async function setTrainingInterpreter(value: string | undefined): Promise<void> {
  const target = vscode.workspace.workspaceFolders
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration("tunesmith").update("trainingInterpreter", value, target);
}

export function onSettingChange(name: string, listener: () => void): Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(`tunesmith.${name}`)) {
      listener();
    }
  });
}

function read(name: string): string | undefined {
  return vscode.workspace.getConfiguration("tunesmith").get<string>(name)?.trim();
}
