import { homedir } from "node:os";
import * as vscode from "vscode";
import type { Disposable } from "./emitter";
import { TELLING, type Telling } from "./models/ends";
import type { Options } from "./protocol.gen";
import { expandPath } from "./python";
import { RULE_PAGES } from "./rulePages";

/** The Python that has tunesmith installed; undefined when nobody named one. No workspace has a say in where it lies. */
export function daemonPython(): string | undefined {
  const value = read("daemon.python");
  return value ? expandPath(value, homedir(), undefined) : process.env.TUNESMITH_DAEMON_PYTHON || undefined;
}

/** The Python that recipes of a folder train in; undefined: the daemon looks for one. */
export function trainingInterpreter(folder?: vscode.WorkspaceFolder): string | undefined {
  const value = read("trainingInterpreter", folder);
  return value ? fullPath(value, folder) : undefined;
}

/** A path as it may be written in a setting: with `~`, `${workspaceFolder}` or from the workspace folder on. */
export function fullPath(text: string, folder = vscode.workspace.workspaceFolders?.[0]): string {
  return expandPath(text, homedir(), folder?.uri.fsPath);
}

export function daemonOptions(): Options {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const chosen = folders.map((folder) => [folder.uri.fsPath, trainingInterpreter(folder) ?? ""]);
  return {
    trusted: vscode.workspace.isTrusted,
    trainingInterpreter: trainingInterpreter() ?? null,
    trainingInterpreters: Object.fromEntries(chosen),
    ...checking(),
    ...parkedStart(),
  };
}

/** What recipes are checked against, and how loud. */
function checking(): Partial<Options> {
  const settings = vscode.workspace.getConfiguration("tunesmith");
  const target = read("target");
  return {
    // A bare name is a file of the workspace folder, not a command.
    target: target ? fullPath(/[\\/]/.test(target) ? target : `./${target}`) : null,
    rules: settings.get<Record<string, string>>("rules") ?? {},
    rulePages: RULE_PAGES,
    pushDiagnostics: true,
    workspaceDiagnostics: settings.get<boolean>("workspaceDiagnostics") ?? true,
  };
}

/** Whether the next start of a recipe is kept ready, and how much memory it may take. */
function parkedStart(): Pick<Options, "parkedStart" | "parkedMemoryLimit"> {
  const settings = vscode.workspace.getConfiguration("tunesmith.parkedStart");
  const limit = settings.get<number>("memoryLimit") ?? 0;
  return {
    parkedStart: settings.get<boolean>("enabled") ?? false,
    parkedMemoryLimit: Number.isFinite(limit) ? Math.max(0, Math.round(limit)) : 0,
  };
}

/** Remembers it with the folder; undefined: one is to be found, also where the user's own settings name one. */
export async function setTrainingInterpreter(
  value: string | undefined,
  folder: vscode.WorkspaceFolder | undefined,
): Promise<void> {
  const settings = vscode.workspace.getConfiguration("tunesmith", folder);
  const { Global, Workspace, WorkspaceFolder } = vscode.ConfigurationTarget;
  const several = vscode.workspace.workspaceFile !== undefined;
  const target = folder === undefined ? Global : several ? WorkspaceFolder : Workspace;
  const named = settings.inspect<string>("trainingInterpreter");
  const inherited = target !== Global && (named?.globalValue || (several && named?.workspaceValue));
  await settings.update("trainingInterpreter", value ?? (inherited ? "" : undefined), target);
}

/** Which ends of runs are told. */
export function telling(): Telling {
  const value = read("notifications");
  return TELLING.find((known) => known === value) ?? "all";
}

export function onSettingChange(name: string, listener: () => void): Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(`tunesmith.${name}`)) {
      listener();
    }
  });
}

function read(name: string, folder?: vscode.WorkspaceFolder): string | undefined {
  return vscode.workspace.getConfiguration("tunesmith", folder).get<string>(name)?.trim();
}
