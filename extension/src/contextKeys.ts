// What the `when` and `enablement` clauses of package.json ask: the names under which VS Code knows how things stand.
import * as vscode from "vscode";
import type { Ctx } from "./ctx";
import { keysOf } from "./models/keys";

/** Tells VS Code of every key, and then of those that change. */
export function keepContextKeys({ runs }: Ctx): { dispose(): void } {
  const told = new Map<string, boolean>();
  const tell = (): void => {
    for (const [name, value] of Object.entries(keysOf(runs))) {
      if (told.get(name) !== value) {
        told.set(name, value);
        void vscode.commands.executeCommand("setContext", `tunesmith.${name}`, value);
      }
    }
  };
  tell();
  return runs.onChange(tell);
}
