// Which runs the view shows, and in which order.
import { dirname } from "node:path";
import * as vscode from "vscode";
import { count } from "../../shared/format";
import { type Outcome, outcome } from "../../shared/run";
import type { Ctx } from "../ctx";
import { SORTS, unfiltered } from "../models/choice";
import type { Run } from "../protocol.gen";
import { outcomeWord, recipeName, sortWord } from "../views/choiceWords";

const STATES: Outcome[] = ["running", "queued", "finished", "stopped", "failed", "lost"];

interface Row extends vscode.QuickPickItem {
  state?: Outcome;
  recipe?: string;
}

/** States and recipes to tick; nothing ticked shows all. */
export async function filterRuns({ runs, choice }: Ctx): Promise<void> {
  const rows = filterRows(runs.all(), choice.value);
  const picked = await vscode.window.showQuickPick(rows, {
    canPickMany: true,
    placeHolder: vscode.l10n.t("Show runs of which states and recipes? Tick none to show all."),
  });
  if (picked !== undefined) {
    choice.set({
      states: picked.flatMap(({ state }) => state ?? []),
      recipes: picked.flatMap(({ recipe }) => recipe ?? []),
    });
  }
}

/** The tree follows what is typed; Escape puts the text back that was there. */
export async function searchRuns({ choice }: Ctx): Promise<void> {
  const before = choice.value.text;
  const input = vscode.window.createInputBox();
  input.value = before;
  input.title = vscode.l10n.t("Find Runs");
  input.placeholder = vscode.l10n.t("Name, id, recipe, or words of an error");
  await new Promise<void>((resolve) => {
    let accepted = false;
    input.onDidChangeValue((text) => choice.set({ text }, true));
    input.onDidAccept(() => {
      accepted = true;
      input.hide();
    });
    input.onDidHide(() => {
      choice.set({ text: accepted ? input.value : before });
      resolve();
    });
    input.show();
  });
  input.dispose();
}

export function clearRunsFilter({ choice }: Ctx): void {
  choice.set(unfiltered(choice.value));
}

export async function sortRuns({ choice }: Ctx): Promise<void> {
  const rows = SORTS.map((sort) => ({
    label: sortWord(sort),
    description: sort === choice.value.sort ? vscode.l10n.t("current") : "",
    sort,
  }));
  const picked = await vscode.window.showQuickPick(rows, {
    placeHolder: vscode.l10n.t("Sort runs by what?"),
  });
  if (picked !== undefined) {
    choice.set({ sort: picked.sort });
  }
}

export function groupRunsByRecipe({ choice }: Ctx): void {
  choice.set({ byRecipe: true });
}

export function groupRunsByTime({ choice }: Ctx): void {
  choice.set({ byRecipe: false });
}

function filterRows(runs: Run[], { states, recipes }: { states: Outcome[]; recipes: string[] }): Row[] {
  const heading = (label: string): Row => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const row = (label: string, among: Run[], picked: boolean): Row => ({
    label,
    description: count(among.length),
    picked,
  });
  const paths = [...new Set([...runs.map(({ recipe }) => recipe), ...recipes])].sort();
  return [
    heading(vscode.l10n.t("State")),
    ...STATES.map((state) => ({
      ...row(
        outcomeWord(state),
        runs.filter((run) => outcome(run) === state),
        states.includes(state),
      ),
      state,
    })),
    heading(vscode.l10n.t("Recipe")),
    ...paths.map((recipe) => ({
      ...row(
        recipeName(recipe),
        runs.filter((run) => run.recipe === recipe),
        recipes.includes(recipe),
      ),
      // Of one in the top folder the name says it all.
      ...(dirname(vscode.workspace.asRelativePath(recipe)) === "."
        ? {}
        : { detail: vscode.workspace.asRelativePath(recipe) }),
      recipe,
    })),
  ];
}
