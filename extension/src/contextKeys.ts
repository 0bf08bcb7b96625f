// What the `when` and `enablement` clauses of package.json ask: the names under which VS Code knows how things stand.
import * as vscode from "vscode";
import type { Ctx } from "./ctx";
import { mendedRecipes } from "./mended";
import { keysOf } from "./models/keys";

/** Tells VS Code of every key, and then of those that change. */
export function keepContextKeys({ runs, status }: Ctx): vscode.Disposable {
  const told = new Map<string, boolean>();
  const tell = (keys: Record<string, boolean>): void => {
    for (const [name, value] of Object.entries(keys)) {
      if (told.get(name) !== value) {
        told.set(name, value);
        void vscode.commands.executeCommand("setContext", `tunesmith.${name}`, value);
      }
    }
  };
  const look = (): void => tell(keysOf(runs, status.value));
  look();
  return vscode.Disposable.from(
    runs.onChange(look),
    status.onChange(look),
    mendedRecipes(() => tell({ recipeMended: true })),
  );
}
