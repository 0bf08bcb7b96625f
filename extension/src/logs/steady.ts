// The logs of all ranks grow above of what is read, too: the lines in view stay there.
import * as vscode from "vscode";
import { type Head, heads, moved } from "./sections";
import { ALL_LOGS } from "./uris";

export function keepPlaces(): vscode.Disposable {
  const known = new Map<string, Head[]>();
  const learn = (document: vscode.TextDocument): void => {
    if (document.uri.scheme === ALL_LOGS) {
      known.set(document.uri.toString(), heads(document.getText().split("\n")));
    }
  };
  return vscode.Disposable.from(
    vscode.workspace.onDidOpenTextDocument(learn),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => known.delete(uri.toString())),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      const before = known.get(document.uri.toString());
      learn(document);
      const after = known.get(document.uri.toString());
      if (before !== undefined && after !== undefined) {
        const editors = vscode.window.visibleTextEditors.filter((editor) => editor.document === document);
        for (const editor of editors) {
          keepPlace(editor, (line) => moved(line, before, after));
        }
      }
    }),
  );
}

/** What the editor tells of its view is older than the change. */
function keepPlace(editor: vscode.TextEditor, now: (line: number) => number): void {
  const top = editor.visibleRanges[0]?.start.line ?? 0;
  const at = ({ line, character }: vscode.Position) => new vscode.Position(now(line), character);
  const { anchor, active } = editor.selection;
  editor.selection = new vscode.Selection(at(anchor), at(active));
  if (now(top) !== top) {
    const line = new vscode.Position(now(top) + keptAbove(editor.document), 0);
    editor.revealRange(new vscode.Range(line, line), vscode.TextEditorRevealType.AtTop);
  }
}

/** The lines that an editor leaves above the one that it reveals at its top. */
function keptAbove(document: vscode.TextDocument): number {
  const settings = vscode.workspace.getConfiguration("editor", document);
  const sticky = settings.get("stickyScroll.enabled", true)
    ? settings.get("stickyScroll.maxLineCount", 5)
    : 0;
  return Math.max(sticky, settings.get("cursorSurroundingLines", 0));
}
