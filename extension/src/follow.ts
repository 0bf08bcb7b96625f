import * as vscode from "vscode";
import type { Ctx } from "./ctx";
import { report } from "./failure";
import { daemonOptions, onSettingChange } from "./settings";

/** Tells the daemon what the editor's settings and trust say, and the user when the daemon gave up. */
export function followEditor({ daemon, output }: Ctx): vscode.Disposable {
  const sendOptions = (): void => {
    if (daemon.state.kind === "running") {
      daemon
        .request("tunesmith/options", daemonOptions())
        .catch((error) => output.error(`The daemon did not take the settings: ${String(error)}`));
    }
  };
  return vscode.Disposable.from(
    onSettingChange("trainingInterpreter", sendOptions),
    onSettingChange("daemon.python", () => void daemon.restart()),
    vscode.workspace.onDidGrantWorkspaceTrust(sendOptions),
    daemon.onState((state) => {
      if (state.kind === "failed") {
        void report(output, "The daemon gave up", state.error);
      }
    }),
  );
}
