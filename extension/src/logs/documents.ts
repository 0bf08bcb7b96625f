// Logs and errors of runs as documents that only show: as they grow, with links into the code, and folded by rank.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import type { RunsModel } from "../models/runs";
import { errorText } from "./errorText";
import type { LogFollower } from "./follower";
import { frames } from "./frames";
import { folds } from "./sections";
import { keepPlaces } from "./steady";
import { allLogsText, logText, type Starts } from "./texts";
import { ALL_LOGS, ERROR, LOG } from "./uris";

/** Milliseconds between two looks at the files that are shown. */
const PAUSE = 500;

/** `listed`: the runs are known. */
export function provideLogs(
  runs: RunsModel,
  listed: Promise<void>,
  follower: LogFollower,
): vscode.Disposable {
  const logs = new Logs(follower);
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
    keepPlaces(),
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
  private readonly starts = new Map<string, Starts>();
  private readonly listening = vscode.Disposable.from(
    vscode.workspace.onDidOpenTextDocument((document) => this.watch(document)),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => this.starts.delete(uri.toString())),
  );
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly follower: LogFollower) {}

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    this.seen.set(uri.toString(), await this.stamp(uri));
    const starts = this.starts.get(uri.toString()) ?? new Map();
    this.starts.set(uri.toString(), starts);
    return uri.scheme === LOG
      ? logText(uri.query, starts, this.follower.follows(uri))
      : allLogsText(uri.query, starts);
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
      const now = await this.stamp(uri);
      if (now !== this.seen.get(uri.toString())) {
        this.seen.set(uri.toString(), now);
        this.changed.fire(uri);
      }
    }
  }

  /** Who follows again may have missed an end. */
  private async stamp(uri: vscode.Uri): Promise<string> {
    return `${await stamp(uri)} ${this.follower.follows(uri)}`;
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
