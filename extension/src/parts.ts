import * as vscode from "vscode";
import { provideDryRuns } from "./commands/dryRun";
import { registerCommands } from "./commands/table";
import { keepContextKeys } from "./contextKeys";
import { createCtx, type Early } from "./ctx";
import { provideRows } from "./data/rows";
import { registerDebugging } from "./debug/adapter";
import { askForSetUp } from "./environment/consent";
import { followEditor } from "./follow";
import { provideRunDocuments } from "./history/documents";
import { interpreterFixes } from "./interpreters/actions";
import { provideReports } from "./interpreters/doctor";
import { provideLogs } from "./logs/documents";
import { DASHBOARD } from "./panels/dashboard";
import { provideRulePages } from "./rulePages";
import { openLeft } from "./samples/openLater";
import { provideTasks } from "./tasks/provider";
import { announceEnds } from "./views/ends";
import { languageStatus } from "./views/languageStatus";
import { daemonStatus, runStatus } from "./views/statusBar";
import { followSteps } from "./walkthrough";

/** Puts the parts of the extension in place, and connects to the daemon. Returns what ends the daemon. */
export function assemble(context: vscode.ExtensionContext, early: Early): () => Promise<void> {
  const ctx = createCtx(context, early);
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
    provideRulePages(ctx.daemon),
    provideRows(ctx),
    provideDryRuns(),
    provideRunDocuments(ctx),
    provideLogs(ctx.runs, ctx.sync.listed, ctx.follower),
    askForSetUp(ctx, context.globalState),
    ...registerDebugging(ctx),
    vscode.window.registerWebviewPanelSerializer(DASHBOARD, ctx.dashboard),
  );
  void ctx.daemon.restart();
  openLeft(context.globalState).then(undefined, (error) =>
    ctx.output.error(`The sample did not open: ${error}`),
  );
  return () => ctx.daemon.stop();
}
