// Data files as a recipe's training sees them: a row's tokens on hover, and the rows that teach nothing.
import * as vscode from "vscode";
import type { Ctx } from "../ctx";
import { isRecipe } from "../recipes";

const FILES: vscode.DocumentSelector = { scheme: "file", pattern: "**/*.{jsonl,ndjson,csv,tsv}" };

const isData = (document: vscode.TextDocument): boolean => vscode.languages.match(FILES, document) > 0;

export function provideRows(ctx: Ctx): vscode.Disposable {
  const rows = new Rows(ctx);
  const surveyAll = () => rows.surveyAll();
  return vscode.Disposable.from(
    rows,
    vscode.languages.registerHoverProvider(FILES, rows),
    vscode.workspace.onDidOpenTextDocument((document) => void rows.survey(document)),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      // Another program wrote the file, or what was typed is undone.
      if (contentChanges.length > 0 && !document.isDirty) {
        void rows.survey(document);
      }
    }),
    vscode.workspace.onDidCloseTextDocument((document) => rows.forget(document)),
    vscode.workspace.onDidSaveTextDocument((document) =>
      isRecipe(document.uri) ? rows.surveyAll() : void rows.survey(document),
    ),
    vscode.workspace.onDidGrantWorkspaceTrust(surveyAll),
    ctx.daemon.onState(surveyAll),
  );
}

class Rows implements vscode.HoverProvider, vscode.Disposable {
  private readonly problems = vscode.languages.createDiagnosticCollection("tunesmith-data");

  constructor(private readonly ctx: Ctx) {}

  async provideHover(
    document: vscode.TextDocument,
    { line }: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    if (this.ctx.daemon.state.kind !== "running") {
      return undefined;
    }
    const file = document.uri.fsPath;
    const { text, first, last } = await this.ctx.daemon.request("tunesmith/data/row", { file, line }, token);
    if (text && document.isDirty) {
      return new vscode.Hover(vscode.l10n.t("Save the file to see what the training makes of this row."));
    }
    return text ? new vscode.Hover(new vscode.MarkdownString(text), lines(document, first, last)) : undefined;
  }

  surveyAll(): void {
    for (const document of vscode.workspace.textDocuments) {
      void this.survey(document);
    }
  }

  async survey(document: vscode.TextDocument): Promise<void> {
    if (!isData(document) || this.ctx.daemon.state.kind !== "running") {
      return;
    }
    const { version } = document;
    try {
      const { rows } = await this.ctx.daemon.request("tunesmith/data/survey", { file: document.uri.fsPath });
      // Of a text that has changed meanwhile the lines are others.
      if (!document.isClosed && document.version === version) {
        this.problems.set(
          document.uri,
          rows.map(({ first, last, message }) => problem(lines(document, first, last), message)),
        );
      }
    } catch (error) {
      this.ctx.output.error(`The rows of ${document.uri.fsPath} are not known: ${String(error)}`);
    }
  }

  forget({ uri }: vscode.TextDocument): void {
    this.problems.delete(uri);
  }

  dispose(): void {
    this.problems.dispose();
  }
}

function lines(document: vscode.TextDocument, first: number, last: number): vscode.Range {
  const end = document.lineAt(Math.min(last, document.lineCount - 1)).range.end;
  return new vscode.Range(new vscode.Position(first, 0), end);
}

function problem(range: vscode.Range, message: string): vscode.Diagnostic {
  const found = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Warning);
  found.source = "Tunesmith";
  return found;
}
