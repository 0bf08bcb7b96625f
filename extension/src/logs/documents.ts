// Logs and tracebacks of runs as documents that only show: their end, as it grows, with links into the code.
import { readFile, stat } from "node:fs/promises";
import * as vscode from "vscode";
import { gigabytes } from "../../shared/format";
import { frames } from "./frames";
import { tail } from "./tail";

const LOG = "tunesmith-log";
const TRACEBACK = "tunesmith-traceback";
/** Milliseconds between two looks at the files that are shown. */
const PAUSE = 500;

/** The document that shows the end of `file` under `title`. */
export function logUri(title: string, file: string): vscode.Uri {
  return vscode.Uri.from({ scheme: LOG, path: `/${title}.log`, query: file });
}

/** The document that shows the traceback in `file`, a rank's error. */
export function tracebackUri(title: string, file: string): vscode.Uri {
  return vscode.Uri.from({ scheme: TRACEBACK, path: `/${title}.traceback`, query: file });
}

export function provideLogs(): vscode.Disposable {
  const logs = new Logs();
  const both = [{ scheme: LOG }, { scheme: TRACEBACK }];
  return vscode.Disposable.from(
    logs,
    vscode.workspace.registerTextDocumentContentProvider(LOG, logs),
    vscode.workspace.registerTextDocumentContentProvider(TRACEBACK, {
      provideTextDocumentContent: ({ query }) => readTraceback(query),
    }),
    vscode.languages.registerDocumentLinkProvider(both, { provideDocumentLinks: links }),
  );
}

/** Follows the logs that are open, and keeps the cursor at the end where it was there. */
class Logs implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly seen = new Map<string, string>();
  private readonly atEnd = new Set<string>();
  private readonly listening = vscode.Disposable.from(
    vscode.workspace.onDidChangeTextDocument(({ document }) => this.follow(document)),
    vscode.workspace.onDidOpenTextDocument((document) => this.watch(document)),
  );
  private timer: NodeJS.Timeout | undefined;

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    this.seen.set(uri.query, await stamp(uri.query));
    return readLog(uri.query);
  }

  dispose(): void {
    clearInterval(this.timer);
    this.listening.dispose();
    this.changed.dispose();
  }

  /** From when it is open: however long its text took to come, a look finds it. */
  private watch({ uri }: vscode.TextDocument): void {
    if (uri.scheme === LOG) {
      this.timer ??= setInterval(() => void this.look(), PAUSE);
    }
  }

  private async look(): Promise<void> {
    const open = vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === LOG);
    if (open.length === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
    for (const { uri } of open) {
      const now = await stamp(uri.query);
      if (now !== this.seen.get(uri.query)) {
        this.seen.set(uri.query, now);
        this.note(uri);
        this.changed.fire(uri);
      }
    }
  }

  /** Whether the cursor stands at the end before the text changes. */
  private note(uri: vscode.Uri): void {
    const editors = editorsOf(uri);
    const end = editors.some((editor) => editor.selection.active.line >= editor.document.lineCount - 2);
    if (end) {
      this.atEnd.add(uri.toString());
    } else {
      this.atEnd.delete(uri.toString());
    }
  }

  private follow(document: vscode.TextDocument): void {
    if (document.uri.scheme === LOG && this.atEnd.has(document.uri.toString())) {
      for (const editor of editorsOf(document.uri)) {
        toEnd(editor);
      }
    }
  }
}

/** Puts the cursor behind the last line, and that into view. */
export function toEnd(editor: vscode.TextEditor): void {
  const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
  editor.selection = new vscode.Selection(end, end);
  editor.revealRange(new vscode.Range(end, end));
}

function editorsOf(uri: vscode.Uri): vscode.TextEditor[] {
  const name = uri.toString();
  return vscode.window.visibleTextEditors.filter((editor) => editor.document.uri.toString() === name);
}

async function stamp(file: string): Promise<string> {
  return stat(file).then(
    ({ size, mtimeMs }) => `${size} ${mtimeMs}`,
    () => "",
  );
}

async function readLog(file: string): Promise<string> {
  try {
    const { text, before } = await tail(ofRun(file));
    const head = vscode.l10n.t("The end of {0}; {1} stand before it.", file, gigabytes(before));
    return before === 0 ? text : `${head}\n\n${text}`;
  } catch (error) {
    return cannotRead(file, error);
  }
}

async function readTraceback(file: string): Promise<string> {
  try {
    const { type, message, traceback } = JSON.parse(await readFile(ofRun(file), "utf8"));
    return traceback || `${type}: ${message}`;
  } catch (error) {
    return cannotRead(file, error);
  }
}

function cannotRead(file: string, error: unknown): string {
  return vscode.l10n.t(
    "{0} cannot be read: {1}",
    file,
    error instanceof Error ? error.message : String(error),
  );
}

/** Anybody can name such a document: it shows files of runs only. */
function ofRun(file: string): string {
  if (!/[\\/]\.tunesmith[\\/]runs[\\/]/.test(file) || /(^|[\\/])\.\.([\\/]|$)/.test(file)) {
    throw new Error(vscode.l10n.t("It is no file of a run."));
  }
  return file;
}

function links(document: vscode.TextDocument): vscode.DocumentLink[] {
  return frames(document.getText()).map(({ start, end, file, line }) => {
    const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
    return new vscode.DocumentLink(range, vscode.Uri.file(file).with({ fragment: `L${line}` }));
  });
}
