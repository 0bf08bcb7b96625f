import * as vscode from "vscode";
import type { Ctx } from "../ctx";
import { tunesmith } from "../daemonProcess";
import { Failure, report } from "../failure";
import { pickAttachable } from "./attach";
import { DEBUG_TYPE, findRun, namedRun } from "./configuration";

/** The debug type "tunesmith": one `tunesmith dap` a session, of a whole run or of one of its ranks. */
export function registerDebugging(ctx: Ctx): vscode.Disposable[] {
  return [
    vscode.debug.registerDebugAdapterDescriptorFactory(DEBUG_TYPE, {
      createDebugAdapterDescriptor: () => adapter(ctx),
    }),
    vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, {
      resolveDebugConfiguration: (_folder, configuration) => resolve(ctx, configuration),
    }),
  ];
}

async function adapter(ctx: Ctx): Promise<vscode.DebugAdapterDescriptor> {
  const python = await ctx.environment.python();
  const { arguments: given, cwd } = tunesmith("dap");
  return new vscode.DebugAdapterExecutable(python, given, { cwd });
}

/** The configuration, empty without a launch.json, with the run's folder in it; undefined ends the start in silence. */
async function resolve(
  ctx: Ctx,
  configuration: vscode.DebugConfiguration,
): Promise<vscode.DebugConfiguration | undefined> {
  try {
    const folder = await folderOf(ctx, configuration.run);
    return folder === undefined
      ? undefined
      : {
          ...configuration,
          type: DEBUG_TYPE,
          request: "attach",
          name: configuration.name || "Tunesmith",
          run: folder,
        };
  } catch (error) {
    void report(ctx.output, "debug", error);
    return undefined;
  }
}

async function folderOf(ctx: Ctx, run: unknown): Promise<string | undefined> {
  const named = namedRun(run);
  if (named.kind === "folder") {
    return named.folder;
  }
  if (named.kind === "none") {
    return (await pickAttachable(ctx))?.folder;
  }
  const found = findRun(named.id, ctx.runs.all());
  if (found === undefined) {
    throw new Failure(
      vscode.l10n.t(
        "The debug configuration names run {0}; this window has no such run, or several.",
        named.id,
      ),
    );
  }
  return found.folder;
}
