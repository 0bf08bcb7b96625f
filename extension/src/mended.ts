import * as vscode from "vscode";
import { isRecipe } from "./recipes";

/** Calls `mended` when a recipe that had errors has none left, and is still open: closing it mends nothing. */
export function mendedRecipes(mended: () => void): vscode.Disposable {
  const wrong = new Set<string>();
  return vscode.languages.onDidChangeDiagnostics(({ uris }) => {
    for (const uri of uris.filter(isRecipe)) {
      const name = uri.toString();
      const open = vscode.workspace.textDocuments.some((document) => document.uri.toString() === name);
      if (vscode.languages.getDiagnostics(uri).some(isError)) {
        wrong.add(name);
      } else if (wrong.delete(name) && open) {
        mended();
      }
    }
  });
}

function isError({ severity }: vscode.Diagnostic): boolean {
  return severity === vscode.DiagnosticSeverity.Error;
}
