import * as vscode from "vscode";
import { Following } from "./following";
import { LOG } from "./uris";

/** Keeps the end of growing logs in view, for those who look at it. */
export class LogFollower implements vscode.Disposable {
  private readonly byUri = new Map<string, Following>();
  private told: boolean | undefined;
  private readonly listening = vscode.Disposable.from(
    vscode.workspace.onDidChangeTextDocument(({ document }) => this.grew(document)),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => this.byUri.delete(uri.toString())),
    vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor, visibleRanges }) => {
      const first = visibleRanges[0]?.start.line;
      const last = visibleRanges.at(-1)?.end.line;
      if (first !== undefined && last !== undefined) {
        this.change(textEditor, (following, lines) => following.scrolled(first, last, lines));
      }
    }),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections, kind }) => {
      const line = selections[0]?.active.line ?? 0;
      if (kind !== undefined && kind !== vscode.TextEditorSelectionChangeKind.Command) {
        this.change(textEditor, (following, lines) => following.placed(line, lines));
      }
    }),
    vscode.window.onDidChangeActiveTextEditor(() => this.tell()),
  );

  /** From now on, starting at the end. */
  follow(editor: vscode.TextEditor): void {
    this.of(editor.document).on = true;
    toEnd(editor);
    this.tell();
  }

  /** Whether the end of this log is what its reader wants to see. */
  follows(uri: vscode.Uri): boolean {
    return this.byUri.get(uri.toString())?.on ?? false;
  }

  unfollow(editor: vscode.TextEditor): void {
    this.of(editor.document).on = false;
    this.tell();
  }

  dispose(): void {
    this.listening.dispose();
  }

  private of({ uri }: vscode.TextDocument): Following {
    const following = this.byUri.get(uri.toString()) ?? new Following();
    this.byUri.set(uri.toString(), following);
    return following;
  }

  private change(editor: vscode.TextEditor, act: (following: Following, lines: number) => void): void {
    const { document } = editor;
    if (document.uri.scheme === LOG) {
      act(this.of(document), document.lineCount);
      this.tell();
    }
  }

  private grew(document: vscode.TextDocument): void {
    if (document.uri.scheme !== LOG) {
      return;
    }
    const following = this.of(document);
    following.grew(document.lineCount);
    for (const editor of following.on ? editorsOf(document.uri) : []) {
      toEnd(editor);
    }
  }

  /** For the buttons over the editor. */
  private tell(): void {
    const document = vscode.window.activeTextEditor?.document;
    const followed = document?.uri.scheme === LOG && this.of(document).on;
    if (followed !== this.told) {
      this.told = followed;
      void vscode.commands.executeCommand("setContext", "tunesmith.logFollowed", followed);
    }
  }
}

/** Puts the cursor behind the last line, and that into view; a text that is selected stays selected. */
function toEnd(editor: vscode.TextEditor): void {
  const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
  if (editor.selection.isEmpty) {
    editor.selection = new vscode.Selection(end, end);
  }
  editor.revealRange(new vscode.Range(end, end));
}

function editorsOf(uri: vscode.Uri): vscode.TextEditor[] {
  const name = uri.toString();
  return vscode.window.visibleTextEditors.filter((editor) => editor.document.uri.toString() === name);
}
