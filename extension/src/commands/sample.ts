import { homedir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import type { Ctx } from "../ctx";
import { Failure } from "../failure";
import { copySample } from "../samples/copy";
import { openLater } from "../samples/openLater";
import { type Sample, samples } from "../samples/table";

/** Copies a sample into a folder that the user names, and opens its recipe. */
export async function openSample(ctx: Ctx): Promise<void> {
  const sample = await pickSample();
  const parent = sample && (await pickParent());
  if (sample === undefined || parent === undefined) {
    return;
  }
  const folder = await copy(ctx, sample, parent);
  await openRecipe(ctx, folder, vscode.Uri.joinPath(folder, sample.recipe));
}

/** The steps from a sample to the debugger, as VS Code shows them. */
export async function openWalkthrough(ctx: Ctx): Promise<void> {
  const walkthrough = `${ctx.context.extension.id}#start`;
  await vscode.commands.executeCommand("workbench.action.openWalkthrough", walkthrough, false);
}

async function pickSample(): Promise<Sample | undefined> {
  const items = samples().map((sample) => ({ ...sample, description: sample.needs }));
  return vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Open Sample"),
    placeHolder: vscode.l10n.t("It is copied into a folder that you name next"),
  });
}

async function pickParent(): Promise<vscode.Uri | undefined> {
  const picked = await vscode.window.showOpenDialog({
    title: vscode.l10n.t("Where to Put the Sample"),
    openLabel: vscode.l10n.t("Put Sample Here"),
    canSelectFiles: false,
    canSelectFolders: true,
    defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir()),
  });
  return picked?.[0];
}

async function copy(ctx: Ctx, { name }: Sample, parent: vscode.Uri): Promise<vscode.Uri> {
  try {
    const from = join(ctx.context.extensionPath, "dist", "samples", name);
    return vscode.Uri.file(await copySample(from, parent.fsPath, name));
  } catch (error) {
    throw new Failure(
      vscode.l10n.t("The sample could not be put into {0}: {1}", parent.fsPath, (error as Error).message),
      [
        {
          title: vscode.l10n.t("Choose Another Folder"),
          run: () => vscode.commands.executeCommand("tunesmith.openSample"),
        },
      ],
    );
  }
}

/** In this window where the folder is part of it or nothing else is open, else in another. */
async function openRecipe(ctx: Ctx, folder: vscode.Uri, recipe: vscode.Uri): Promise<void> {
  if (vscode.workspace.getWorkspaceFolder(recipe) !== undefined) {
    await vscode.window.showTextDocument(recipe);
    return;
  }
  await openLater(ctx.context.globalState, recipe);
  const forceNewWindow = (vscode.workspace.workspaceFolders ?? []).length > 0;
  await vscode.commands.executeCommand("vscode.openFolder", folder, { forceNewWindow });
}
