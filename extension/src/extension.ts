import * as vscode from "vscode";
import { registerCommands } from "./commands/table";
import { keepContextKeys } from "./contextKeys";
import { createCtx } from "./ctx";
import { registerDebugging } from "./debug/adapter";
import { askForSetUp } from "./environment/consent";
import { followEditor } from "./follow";
import { provideRunDocuments } from "./history/documents";
import { interpreterFixes } from "./interpreters/actions";
import { provideReports } from "./interpreters/doctor";
import { provideLogs } from "./logs/documents";
import { DASHBOARD } from "./panels/dashboard";
import { openLeft } from "./samples/openLater";
import { provideTasks } from "./tasks/provider";
import { announceEnds } from "./views/ends";
import { languageStatus } from "./views/languageStatus";
import { daemonStatus, runStatus } from "./views/statusBar";
import { followSteps } from "./walkthrough";

let stop: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const ctx = createCtx(context);
  stop = () => ctx.daemon.stop();
  context.subscriptions.push(
    ...registerCommands(ctx),
    runStatus(ctx.runs),
    daemonStatus(ctx.daemon, ctx.status),
    languageStatus(ctx.daemon, ctx.status),
    keepContextKeys(ctx),
    followSteps(ctx),
    announceEnds(ctx),
    provideTasks(ctx),
    followEditor(ctx),
    interpreterFixes(),
    provideReports(),
    provideRunDocuments(ctx),
    provideLogs(ctx.runs, ctx.sync.listed),
    askForSetUp(ctx, context.globalState),
    ...registerDebugging(ctx),
    vscode.window.registerWebviewPanelSerializer(DASHBOARD, ctx.dashboard),
  );
  void ctx.daemon.restart();
  openLeft(context.globalState).then(undefined, (error) =>
    ctx.output.error(`The sample did not open: ${error}`),
  );
}

/** Ends the daemon only: runs belong to their supervisors and go on. */
export async function deactivate(): Promise<void> {
  await stop?.();
}
