// Tells VS Code which steps of the walkthrough are done. It ticks a step off when a key becomes true while it knows the
// walkthrough, never when the key was true before: so keys are raised for a moment, anew when a welcome page may have come.
import * as vscode from "vscode";
import type { Ctx } from "./ctx";
import { DEBUG_TYPE } from "./debug/configuration";
import { mendedRecipes } from "./mended";
import { DASHBOARD } from "./panels/dashboard";
import { tabsOf } from "./panels/orphans";
import { isRecipe } from "./recipes";

/** `tunesmith.done.STEP` in package.json. */
export type Step = "sample" | "interpreter" | "fix" | "train" | "watch" | "debug";

/** VS Code may take five seconds to know a walkthrough whose page is open already. */
const AGAIN_AFTER_MS = [0, 1000, 6000];

class Steps {
  private readonly done = new Set<Step>();
  private readonly timers = new Set<NodeJS.Timeout>();

  add(step: Step): void {
    if (!this.done.has(step)) {
      this.done.add(step);
      void raise(step);
    }
  }

  tellAgain(): void {
    for (const delay of AGAIN_AFTER_MS) {
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        for (const step of this.done) {
          void raise(step);
        }
      }, delay);
      this.timers.add(timer);
    }
  }

  dispose(): void {
    for (const timer of this.timers) {
      clearTimeout(timer);
    }
  }
}

export function followSteps({ runs, status }: Ctx): vscode.Disposable {
  const steps = new Steps();
  const recipes = (documents: readonly vscode.TextDocument[]): void => {
    if (documents.some(({ uri }) => isRecipe(uri))) {
      steps.add("sample");
    }
  };
  recipes(vscode.workspace.textDocuments);
  return vscode.Disposable.from(
    steps,
    vscode.workspace.onDidOpenTextDocument((document) => recipes([document])),
    status.onChange(({ interpreter, message }) => {
      if (interpreter !== null && message === null) {
        steps.add("interpreter");
      }
    }),
    mendedRecipes(() => steps.add("fix")),
    runs.onChange(() => {
      if (runs.alive().length > 0) {
        steps.add("train");
      }
    }),
    vscode.window.tabGroups.onDidChangeTabs(({ opened }) => {
      if (tabsOf(DASHBOARD).length > 0) {
        steps.add("watch");
      }
      // The welcome page is one of the tabs whose kind extensions are not told.
      if (opened.some(({ input }) => input === undefined)) {
        steps.tellAgain();
      }
    }),
    vscode.debug.onDidStartDebugSession(({ type }) => {
      if (type === DEBUG_TYPE) {
        steps.add("debug");
      }
    }),
  );
}

async function raise(step: Step): Promise<void> {
  const key = `tunesmith.done.${step}`;
  await vscode.commands.executeCommand("setContext", key, true);
  await vscode.commands.executeCommand("setContext", key, false);
}
