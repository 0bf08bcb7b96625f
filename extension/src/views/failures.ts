import * as vscode from "vscode";
import { firstError, wentWrong } from "../models/outcome";
import type { RunsModel } from "../models/runs";
import type { Run } from "../protocol.gen";
import { failureMessage } from "./words";

/** Says so when a run fails or is lost while the window looks on. */
export function notifyOfFailures(runs: RunsModel): { dispose(): void } {
  return runs.onChange(({ changes }) => {
    for (const { after } of changes.filter(wentWrong)) {
      void notify(after);
    }
  });
}

async function notify(run: Run): Promise<void> {
  const commands = new Map([
    ...(firstError(run) ? [[vscode.l10n.t("Show Error"), "tunesmith.showError"] as const] : []),
    [vscode.l10n.t("Show Log"), "tunesmith.showLog"] as const,
    [vscode.l10n.t("Open Dashboard"), "tunesmith.openDashboard"] as const,
  ]);
  const chosen = await vscode.window.showErrorMessage(failureMessage(run), ...commands.keys());
  const command = chosen && commands.get(chosen);
  if (command) {
    await vscode.commands.executeCommand(command, run.id);
  }
}
