import { homedir } from "node:os";
import * as vscode from "vscode";
import type { Disposable } from "./emitter";
import type { Options } from "./protocol.gen";
import { expandPath } from "./python";

/** The Python that has tunesmith installed; undefined when nobody named one. */
export function daemonPython(): string | undefined {
  return path("daemon.python") ?? process.env.TUNESMITH_DAEMON_PYTHON;
}

/** The Python that training runs in; undefined: the daemon looks for one. */
export function trainingInterpreter(): string | undefined {
  return path("trainingInterpreter");
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

function path(name: string): string | undefined {
  const value = vscode.workspace.getConfiguration("tunesmith").get<string>(name)?.trim();
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  return value ? expandPath(value, homedir(), folder) : undefined;
}
