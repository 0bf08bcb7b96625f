import * as vscode from "vscode";
import { registerCommands } from "./commands/table";
import { createCtx } from "./ctx";
import { registerDebugging } from "./debug/adapter";
import { askForSetUp } from "./environment/consent";
import { followEditor } from "./follow";
import { DASHBOARD } from "./panels/dashboard";
import { notifyOfFailures } from "./views/failures";
import { daemonStatus, runStatus } from "./views/statusBar";

let stop: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const ctx = createCtx(context);
  stop = () => ctx.daemon.stop();
  context.subscriptions.push(
    ...registerCommands(ctx),
    runStatus(ctx.runs),
    daemonStatus(ctx.daemon, ctx.status),
    notifyOfFailures(ctx.runs),
    followEditor(ctx),
    askForSetUp(ctx, context.globalState),
    ...registerDebugging(ctx),
    vscode.window.registerWebviewPanelSerializer(DASHBOARD, ctx.dashboard),
  );
  void ctx.daemon.restart();
}

/** Ends the daemon only: runs belong to their supervisors and go on. */
export async function deactivate(): Promise<void> {
  await stop?.();
}
