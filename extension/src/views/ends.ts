import * as vscode from "vscode";
import type { Ctx } from "../ctx";
import { Ends, isTold } from "../models/ends";
import type { Run } from "../protocol.gen";
import { telling } from "../settings";
import { endMessage, isFailure, missedMessage } from "./endWords";

/** Says how runs ended, with what can be done about it. */
export function announceEnds({ context, runs, sync }: Ctx): vscode.Disposable {
  const ends = new Ends(runs, context.workspaceState, {
    ended: (run) => {
      if (isTold(run, telling())) {
        void announce(run);
      }
    },
    missed: (all) => {
      const told = all.filter((run) => isTold(run, telling()));
      const [only, ...others] = told;
      if (only !== undefined) {
        void (others.length === 0 ? announce(only) : announceMissed(told));
      }
    },
  });
  void sync.listed.then(() => ends.lookBack());
  return ends;
}

async function announce(run: Run): Promise<void> {
  const wrong = isFailure(run);
  const show = wrong ? vscode.window.showErrorMessage : vscode.window.showInformationMessage;
  const buttons = new Map(wrong ? afterFailure(run) : afterSuccess());
  const command = buttons.get((await show(endMessage(run), ...buttons.keys())) ?? "");
  if (command !== undefined) {
    await vscode.commands.executeCommand(command, run.id);
  }
}

async function announceMissed(runs: Run[]): Promise<void> {
  const wrong = runs.some(isFailure);
  const show = wrong ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  const button = vscode.l10n.t("Show Runs");
  if ((await show(missedMessage(runs), button)) === button) {
    await vscode.commands.executeCommand("tunesmith.runs.focus");
  }
}

/** The error holds the last lines of the log; of one that made no step there is nothing to go on from. */
function afterFailure({ step }: Run): [string, string][] {
  const resume: [string, string][] = step > 0 ? [[vscode.l10n.t("Resume…"), "tunesmith.resumeRun"]] : [];
  return [
    [vscode.l10n.t("Show Error"), "tunesmith.showError"],
    ...resume,
    [vscode.l10n.t("Open Dashboard"), "tunesmith.openDashboard"],
  ];
}

function afterSuccess(): [string, string][] {
  return [
    [vscode.l10n.t("Open Dashboard"), "tunesmith.openDashboard"],
    [vscode.l10n.t("Show Log"), "tunesmith.showLog"],
  ];
}
