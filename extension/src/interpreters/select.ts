import * as vscode from "vscode";
import type { Ctx } from "../ctx";
import { Failure } from "../failure";
import type { FoundInterpreter } from "../protocol.gen";
import { isExecutable } from "../python";
import { fullPath, setTrainingInterpreter, trainingInterpreter } from "../settings";
import { pickFolder } from "./folder";
import { knownToPython } from "./pythonExtension";
import { groups, type Words } from "./rows";

/** `choose` resolves to a path, to "" for none in particular, or to undefined when it was given up. */
type Choice = vscode.QuickPickItem & { choose?: () => Thenable<string | undefined>; current?: boolean };

/** Picks the Python that recipes of a folder train in and writes the setting; the daemon follows the setting. */
export async function selectInterpreter(ctx: Ctx): Promise<void> {
  const folder = await pickFolder();
  if (folder === undefined) {
    return;
  }
  const choice = await show(ctx, folder === "none" ? undefined : folder);
  const path = await choice?.choose?.();
  if (path === undefined) {
    return;
  }
  const within = folder === "none" ? undefined : folder;
  if (path !== "" && !(await isExecutable(fullPath(path, within)))) {
    throw new Failure(vscode.l10n.t("{0} is not a Python that can be started.", path));
  }
  await setTrainingInterpreter(path === "" ? undefined : path, within);
}

/** The list is open at once and fills when the environments are found. */
async function show(ctx: Ctx, folder: vscode.WorkspaceFolder | undefined): Promise<Choice | undefined> {
  const pick = vscode.window.createQuickPick<Choice>();
  const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
  pick.title =
    several && folder !== undefined
      ? vscode.l10n.t("Select Training Interpreter: {0}", folder.name)
      : vscode.l10n.t("Select Training Interpreter");
  pick.placeholder = trainingInterpreter(folder) ?? vscode.l10n.t("Found automatically");
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.busy = true;
  pick.items = ownChoices(folder);
  const accepted = new Promise<Choice | undefined>((resolve) => {
    pick.onDidAccept(() => resolve(pick.selectedItems[0]));
    pick.onDidHide(() => resolve(undefined));
  });
  pick.show();
  let open = true;
  void list(ctx, folder).then((found) => {
    if (open) {
      fill(pick, folder, found);
    }
  });
  try {
    return await accepted;
  } finally {
    open = false;
    pick.dispose();
  }
}

function fill(
  pick: vscode.QuickPick<Choice>,
  folder: vscode.WorkspaceFolder | undefined,
  found: FoundInterpreter[],
): void {
  const listed = groups(found, words()).flatMap(({ title, rows }): Choice[] => [
    { label: title, kind: vscode.QuickPickItemKind.Separator },
    ...rows.map(({ path, ...row }) => ({ ...row, choose: async () => path })),
  ]);
  pick.items = [...ownChoices(folder), ...listed];
  pick.activeItems = pick.items.filter(({ current }) => current);
  pick.busy = false;
}

async function list(ctx: Ctx, folder: vscode.WorkspaceFolder | undefined): Promise<FoundInterpreter[]> {
  try {
    const known = await knownToPython(folder?.uri, ctx.output);
    const params = { folder: folder?.uri.fsPath ?? "", known };
    return (await ctx.daemon.request("tunesmith/interpreters/list", params)).interpreters;
  } catch (error) {
    // A path can still be entered.
    ctx.output.error(`Interpreters could not be listed: ${String(error)}`);
    return [];
  }
}

function ownChoices(folder: vscode.WorkspaceFolder | undefined): Choice[] {
  return [
    {
      label: `$(search) ${vscode.l10n.t("Find automatically")}`,
      description: vscode.l10n.t(".venv, venv or env near the recipe, else the active environment"),
      choose: async () => "",
    },
    { label: `$(edit) ${vscode.l10n.t("Enter path…")}`, choose: () => enterPath(folder) },
    { label: `$(folder-opened) ${vscode.l10n.t("Browse…")}`, choose: browse },
    { label: `$(pulse) ${vscode.l10n.t("Check environment")}`, choose: checkInstead },
  ];
}

function enterPath(folder: vscode.WorkspaceFolder | undefined): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    prompt: vscode.l10n.t("Path of the Python that training runs in"),
    value: trainingInterpreter(folder),
    placeHolder: "/path/to/.venv/bin/python",
  });
}

async function browse(): Promise<string | undefined> {
  const picked = await vscode.window.showOpenDialog({ title: vscode.l10n.t("Select Training Interpreter") });
  return picked?.[0]?.fsPath;
}

async function checkInstead(): Promise<undefined> {
  await vscode.commands.executeCommand("tunesmith.checkEnvironment");
}

function words(): Words {
  return {
    current: vscode.l10n.t("current"),
    noTorch: vscode.l10n.t("no torch"),
    tooOld: vscode.l10n.t("too old"),
    groups: {
      chosen: vscode.l10n.t("Chosen"),
      near: vscode.l10n.t("In this folder and above"),
      known: vscode.l10n.t("Known to the Python extension"),
      active: vscode.l10n.t("Active environment"),
      conda: vscode.l10n.t("Conda"),
      pyenv: "pyenv",
      home: vscode.l10n.t("In the home folder"),
      path: vscode.l10n.t("On the PATH"),
    },
  };
}
