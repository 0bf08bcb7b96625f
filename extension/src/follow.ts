import * as vscode from "vscode";
import type { Ctx } from "./ctx";
import { NotSetUp } from "./environment/notSetUp";
import { Failure, report } from "./failure";
import { mayBeChecked } from "./recipes";
import { daemonOptions, onSettingChange } from "./settings";

/** Tells the daemon what the editor's settings and trust say, and the user when the daemon gave up. */
export function followEditor({ daemon, status, output }: Ctx): vscode.Disposable {
  const sendOptions = async (): Promise<void> => {
    try {
      // A daemon that is not running reads them when it starts.
      if (daemon.state.kind === "running") {
        status.set(await daemon.request("tunesmith/options", daemonOptions()));
      }
    } catch (error) {
      output.error(`The daemon did not take the settings: ${String(error)}`);
    }
  };
  /** The status is about the recipe that is looked at; each folder has its own interpreter. */
  const sendFocus = async (): Promise<void> => {
    const document = vscode.window.activeTextEditor?.document;
    try {
      if (document !== undefined && mayBeChecked(document) && daemon.state.kind === "running") {
        status.set(await daemon.request("tunesmith/focus", { uri: document.uri.toString() }));
      }
    } catch (error) {
      output.error(`The daemon did not take the focus: ${String(error)}`);
    }
  };
  return vscode.Disposable.from(
    onSettingChange("trainingInterpreter", sendOptions),
    onSettingChange("parkedStart", sendOptions),
    onSettingChange("target", sendOptions),
    onSettingChange("rules", sendOptions),
    onSettingChange("workspaceDiagnostics", sendOptions),
    onSettingChange("daemon.python", () => void daemon.restart()),
    vscode.workspace.onDidGrantWorkspaceTrust(sendOptions),
    vscode.workspace.onDidChangeWorkspaceFolders(sendOptions),
    vscode.window.onDidChangeActiveTextEditor(sendFocus),
    daemon.onState(sendFocus),
    daemon.onState((state) => {
      if (state.kind === "failed" && !(state.error instanceof NotSetUp)) {
        void report(output, "The daemon gave up", withRestart(state.error));
      }
    }),
  );
}

function withRestart(error: Error): Failure {
  const button = (title: string, command: string) => ({
    title,
    run: () => vscode.commands.executeCommand(command),
  });
  return error instanceof Failure
    ? error
    : new Failure(error.message, [
        button(vscode.l10n.t("Restart Daemon"), "tunesmith.restartDaemon"),
        button(vscode.l10n.t("Show Output"), "tunesmith.showOutput"),
      ]);
}
