// Logs and errors of runs as documents that only show: as they grow, with links into the code, and folded by rank.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import type { RunsModel } from "../models/runs";
import { errorText } from "./errorText";
import { frames } from "./frames";
import { folds } from "./sections";
import { allLogsText, logText } from "./texts";
import { ALL_LOGS, ERROR, LOG } from "./uris";

/** Milliseconds between two looks at the files that are shown. */
const PAUSE = 500;

/** `listed`: the runs are known. */
export function provideLogs(runs: RunsModel, listed: Promise<void>): vscode.Disposable {
  const logs = new Logs();
  const all = [LOG, ALL_LOGS, ERROR].map((scheme) => ({ scheme }));
  const provideTextDocumentContent = async ({ query }: vscode.Uri): Promise<string> => {
    await listed;
    const [id = "", rank] = query.split("/");
    const run = runs.get(id);
    return run === undefined
      ? vscode.l10n.t("Run {0} is not in the folders of this window.", id)
      : errorText(run, rank === undefined ? undefined : Number(rank));
  };
  return vscode.Disposable.from(
    logs,
    vscode.workspace.registerTextDocumentContentProvider(LOG, logs),
    vscode.workspace.registerTextDocumentContentProvider(ALL_LOGS, logs),
    vscode.workspace.registerTextDocumentContentProvider(ERROR, { provideTextDocumentContent }),
    vscode.languages.registerDocumentLinkProvider(all, { provideDocumentLinks: links }),
    vscode.languages.registerFoldingRangeProvider(all, { provideFoldingRanges: foldingRanges }),
  );
}

/** Shows the logs that are open as they grow. */
class Logs implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly seen = new Map<string, string>();
  private readonly listening = vscode.workspace.onDidOpenTextDocument((document) => this.watch(document));
  private timer: NodeJS.Timeout | undefined;

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    this.seen.set(uri.toString(), await stamp(uri));
    return uri.scheme === LOG ? logText(uri.query) : allLogsText(uri.query);
  }

  dispose(): void {
    clearInterval(this.timer);
    this.listening.dispose();
    this.changed.dispose();
  }

  /** From when it is open: however long its text took to come, a look finds it. */
  private watch({ uri }: vscode.TextDocument): void {
    if (isLog(uri)) {
      this.timer ??= setInterval(() => void this.look(), PAUSE);
    }
  }

  private async look(): Promise<void> {
    const open = vscode.workspace.textDocuments.filter(({ uri }) => isLog(uri));
    if (open.length === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
    for (const { uri } of open) {
      const now = await stamp(uri);
      if (now !== this.seen.get(uri.toString())) {
        this.seen.set(uri.toString(), now);
        this.changed.fire(uri);
      }
    }
  }
}

const isLog = ({ scheme }: vscode.Uri): boolean => scheme === LOG || scheme === ALL_LOGS;

/** Changes with every byte that is written. */
async function stamp(uri: vscode.Uri): Promise<string> {
  if (uri.scheme === LOG) {
    return sizeOf(uri.query);
  }
  const names = await readdir(uri.query).catch(() => []);
  return (await Promise.all(names.map((name) => sizeOf(join(uri.query, name))))).join("\n");
}

async function sizeOf(file: string): Promise<string> {
  return stat(file).then(
    ({ size, mtimeMs }) => `${size} ${mtimeMs}`,
    () => "",
  );
}

function foldingRanges(document: vscode.TextDocument): vscode.FoldingRange[] {
  return folds(document.getText().split("\n"))
    .filter(([first, last]) => last > first)
    .map(([first, last]) => new vscode.FoldingRange(first, last, vscode.FoldingRangeKind.Region));
}

function links(document: vscode.TextDocument): vscode.DocumentLink[] {
  return frames(document.getText()).map(({ start, end, file, line }) => {
    const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
    return new vscode.DocumentLink(range, vscode.Uri.file(file).with({ fragment: `L${line}` }));
  });
}
