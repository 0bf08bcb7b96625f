import * as vscode from "vscode";
import type { Ctx } from "../ctx";
import { tunesmith } from "../daemonProcess";
import { report } from "../failure";
import { DEBUG_TYPE, intent } from "./configuration";
import { Launches } from "./launches";
import { Configurations, provideDebugConfigurations } from "./provider";
import { openRanks } from "./ranks";

/** The debug type "tunesmith": one `tunesmith dap` a session, of a whole run or of one of its ranks. */
export function registerDebugging(ctx: Ctx): vscode.Disposable[] {
  const { Dynamic } = vscode.DebugConfigurationProviderTriggerKind;
  const launches = new Launches(ctx);
  return [
    vscode.debug.registerDebugAdapterDescriptorFactory(DEBUG_TYPE, {
      createDebugAdapterDescriptor: (session) => adapter(ctx, launches, session),
    }),
    vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, new Configurations(ctx)),
    vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, { provideDebugConfigurations }, Dynamic),
    openRanks(ctx.output),
  ];
}

/** The process that serves the session, after the run that the session starts. */
async function adapter(
  ctx: Ctx,
  launches: Launches,
  session: vscode.DebugSession,
): Promise<vscode.DebugAdapterDescriptor> {
  const { arguments: given, cwd } = tunesmith("dap");
  const options = ["--ranks-by-event"];
  if (intent(session.configuration, false) === "launch") {
    const run = await launches
      .start(session)
      .catch((error: unknown) => void report(ctx.output, "debug", error));
    if (run === undefined) {
      // What kept it from starting has been shown: VS Code need not say it again.
      throw new vscode.CancellationError();
    }
    options.push("--launched", run.folder);
  }
  return new vscode.DebugAdapterExecutable(await ctx.environment.python(), [...given, ...options], { cwd });
}
