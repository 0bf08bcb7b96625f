import * as vscode from "vscode";
import type { Ctx } from "../ctx";

/** The user agrees to an environment for the daemon; the daemon's start makes it. */
export async function setUpDaemon(ctx: Ctx): Promise<void> {
  await ctx.environment.agree();
  await ctx.daemon.restart();
}

/** The same with a Python of the user's choice. */
export async function chooseDaemonPython(ctx: Ctx): Promise<void> {
  const path = await pickPython(ctx);
  if (path !== undefined) {
    await ctx.environment.agree(await ctx.environment.named(path));
    await ctx.daemon.restart();
  }
}

async function pickPython(ctx: Ctx): Promise<string | undefined> {
  const title = vscode.l10n.t("Choose a Python for Tunesmith's Daemon");
  const browse = { label: `$(folder-opened) ${vscode.l10n.t("Browse…")}`, description: "" };
  const found = ctx.environment
    .usable()
    .then((pythons) => [
      ...pythons.map(({ version, path }) => ({ label: `Python ${version}`, description: path })),
      browse,
    ]);
  const placeHolder = vscode.l10n.t("Its packages stay untouched: an environment is made from it");
  const choice = await vscode.window.showQuickPick(found, { title, placeHolder, matchOnDescription: true });
  if (choice?.label !== browse.label) {
    return choice?.description;
  }
  return (await vscode.window.showOpenDialog({ title }))?.[0]?.fsPath;
}
