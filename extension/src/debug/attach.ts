import * as vscode from "vscode";
import { runLabel } from "../../shared/format";
import { pickRun } from "../commands/pick";
import type { Ctx } from "../ctx";
import type { Run } from "../protocol.gen";
import { DEBUG_TYPE } from "./configuration";

/** Debugs every rank of a run that is going on. VS Code itself shows why, when a debug session does not start. */
export async function attachDebugger(ctx: Ctx, target: unknown): Promise<void> {
  const run = await pickAttachable(ctx, target);
  if (run !== undefined) {
    const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(run.folder));
    await vscode.debug.startDebugging(folder, {
      type: DEBUG_TYPE,
      request: "attach",
      name: runLabel(run),
      run: run.folder,
    });
  }
}

export function pickAttachable(ctx: Ctx, target?: unknown): Promise<Run | undefined> {
  const none = vscode.l10n.t("No run is going on. A debugger attaches to one that is.");
  return pickRun(ctx, target, ctx.runs.alive(), none);
}
