import * as vscode from "vscode";
import { DEBUG_TYPE } from "./configuration";

/** What the adapter of a session of all ranks sends when a rank can be debugged: the rank's configuration. */
const RANK = "tunesmithRank";
const FAILED = "tunesmithRankFailed";

/** Opens the session of each rank as a part of the session of all: Stop, Disconnect and Restart are for all. */
export function openRanks(output: vscode.LogOutputChannel): vscode.Disposable {
  return vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
    if (session.type === DEBUG_TYPE && event === RANK) {
      open(session, body).catch((error: unknown) => output.error(`${body.name}: ${String(error)}`));
    }
  });
}

async function open(parent: vscode.DebugSession, configuration: vscode.DebugConfiguration): Promise<void> {
  const options = { parentSession: parent, lifecycleManagedByParent: true, suppressSaveBeforeStart: true };
  if (!(await vscode.debug.startDebugging(parent.workspaceFolder, configuration, options))) {
    await parent.customRequest(FAILED, { rank: configuration.rank });
  }
}
