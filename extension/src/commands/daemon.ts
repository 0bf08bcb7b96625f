import { dirname } from "node:path";
import * as vscode from "vscode";
import type { Ctx } from "../ctx";
import { Failure } from "../failure";
import { findPythons, isExecutable } from "../python";
import { fullPath, setTrainingInterpreter, trainingInterpreter } from "../settings";

type Choice = vscode.QuickPickItem & { choose?: () => Thenable<string | undefined> };

/** Picks the Python that training runs in and writes the setting; the daemon follows the setting. */
export async function selectInterpreter(_ctx: Ctx): Promise<void> {
  const choice = await vscode.window.showQuickPick(choices(), {
    title: vscode.l10n.t("Select Training Interpreter"),
    placeHolder: trainingInterpreter() ?? vscode.l10n.t("Found near the recipe"),
    matchOnDescription: true,
  });
  if (choice?.choose === undefined) {
    return;
  }
  const path = await choice.choose();
  if (path === undefined) {
    return;
  }
  if (path !== "" && !(await isExecutable(fullPath(path)))) {
    throw new Failure(vscode.l10n.t("{0} is not a Python that can be started.", path));
  }
  await setTrainingInterpreter(path === "" ? undefined : path);
}

export async function restartDaemon(ctx: Ctx): Promise<void> {
  await ctx.daemon.restart();
}

export function showOutput(ctx: Ctx): void {
  ctx.output.show();
}

async function choices(): Promise<Choice[]> {
  const found = await findPythons(folders(), process.env);
  return [
    {
      label: `$(search) ${vscode.l10n.t("Find near the recipe")}`,
      description: ".venv, venv",
      choose: async () => "",
    },
    { label: `$(edit) ${vscode.l10n.t("Enter path…")}`, choose: enterPath },
    { label: `$(folder-opened) ${vscode.l10n.t("Browse…")}`, choose: browse },
    { label: vscode.l10n.t("Found"), kind: vscode.QuickPickItemKind.Separator },
    ...found.map(({ path, name, version }) => ({
      label: version ? `Python ${version} (${name})` : name,
      description: path === name ? undefined : path,
      choose: async () => path,
    })),
  ];
}

function folders(): string[] {
  const open = vscode.window.activeTextEditor?.document.uri;
  const near = open?.scheme === "file" ? [dirname(open.fsPath)] : [];
  return [...near, ...(vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath)];
}

function enterPath(): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    prompt: vscode.l10n.t("Path of the Python that training runs in"),
    value: trainingInterpreter(),
    placeHolder: "/path/to/.venv/bin/python",
  });
}

async function browse(): Promise<string | undefined> {
  const picked = await vscode.window.showOpenDialog({ title: vscode.l10n.t("Select Training Interpreter") });
  return picked?.[0]?.fsPath;
}
