// The documents that show what runs wrote, by their schemes.
import { join } from "node:path";
import * as vscode from "vscode";
import type { Run } from "../protocol.gen";

export const LOG = "tunesmith-log";
export const ALL_LOGS = "tunesmith-logs";
export const ERROR = "tunesmith-error";

/** The end of `file` under `title`. */
export function logUri(title: string, file: string): vscode.Uri {
  return vscode.Uri.from({ scheme: LOG, path: `/${title}.log`, query: file });
}

/** The ends of all logs of the run's last attempt. */
export function allLogsUri(title: string, run: Run): vscode.Uri {
  const query = join(run.folder, "attempts", String(run.attempt), "log");
  return vscode.Uri.from({ scheme: ALL_LOGS, path: `/${title}.log`, query });
}

/** What ended the run; the rank that is asked about stands first. */
export function errorUri(title: string, run: Run, rank: number | undefined): vscode.Uri {
  const query = rank === undefined ? run.id : `${run.id}/${rank}`;
  return vscode.Uri.from({ scheme: ERROR, path: `/${title}.traceback`, query });
}

/** Anybody can name such a document: it shows files of runs only. */
export function ofRun(path: string): string {
  if (!/[\\/]\.tunesmith[\\/]runs[\\/]/.test(path) || /(^|[\\/])\.\.([\\/]|$)/.test(path)) {
    throw new Error(vscode.l10n.t("It is no file of a run."));
  }
  return path;
}
