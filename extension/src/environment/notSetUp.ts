import * as vscode from "vscode";
import { type Action, Failure } from "../failure";

/** The daemon has no environment yet, and nobody has agreed to make one. */
export class NotSetUp extends Failure {
  constructor() {
    super(vscode.l10n.t("Tunesmith is not set up yet: its daemon needs a Python environment of its own."), [
      setUpAction(),
      choosePythonAction(),
    ]);
  }
}

export function setUpAction(): Action {
  const run = () => vscode.commands.executeCommand("tunesmith.setUpDaemon");
  return { title: vscode.l10n.t("Set Up"), run };
}

export function choosePythonAction(): Action {
  const run = () => vscode.commands.executeCommand("tunesmith.chooseDaemonPython");
  return { title: vscode.l10n.t("Choose Python"), run };
}
