import { access } from "node:fs/promises";
import { basename } from "node:path";
import * as vscode from "vscode";
import { runLabel, runTag } from "../../shared/format";
import { runRow } from "../commands/pick";
import type { Ctx } from "../ctx";
import { Failure } from "../failure";
import type { Run } from "../protocol.gen";
import { inOrder, likelyPartners } from "./choose";
import { keptRecipeUri, runUri } from "./documents";
import { pickAnyRun, targetRuns } from "./targets";

/** Two runs side by side: the two that are selected, or the one that is meant and one that is picked. */
export async function compareRuns(ctx: Ctx, target: unknown, selection: unknown): Promise<void> {
  const none = vscode.l10n.t("There are no runs yet.");
  const question = vscode.l10n.t("Compare which run?");
  const runs = await targetRuns(ctx, target, selection, ctx.runs.all(), none, question);
  if (runs.length > 2) {
    throw new Failure(vscode.l10n.t("{0} runs are selected. Select two to compare them.", runs.length));
  }
  const [one] = runs;
  const other = one && (runs[1] ?? (await pickOther(ctx, one)));
  if (one === undefined || other === undefined) {
    return;
  }
  const [older, newer] = inOrder(one, other);
  const title = `${runLabel(older)} ↔ ${runLabel(newer)}`;
  await show(ctx, runUri(older), runUri(newer), title);
}

/** The recipe that the run kept beside the one that stands in its place today, which can be edited there. */
export async function compareRecipe(ctx: Ctx, target: unknown): Promise<void> {
  const run = await pickAnyRun(ctx, target);
  if (run === undefined) {
    return;
  }
  await access(run.recipe).catch(() => {
    throw new Failure(vscode.l10n.t("{0} is gone. The run kept its own copy.", run.recipe), [
      {
        title: vscode.l10n.t("Open Copy"),
        run: () => vscode.window.showTextDocument(keptRecipeUri(run)),
      },
    ]);
  });
  const title = vscode.l10n.t("{0} ({1} ↔ now)", basename(run.recipe), runTag(run));
  await show(ctx, keptRecipeUri(run), vscode.Uri.file(run.recipe), title);
}

async function pickOther(ctx: Ctx, run: Run): Promise<Run | undefined> {
  const partners = likelyPartners(run, ctx.runs.all());
  if (partners.length === 0) {
    throw new Failure(vscode.l10n.t("There is no other run to compare {0} with.", runLabel(run)));
  }
  const items = partners.map((other) => runRow(ctx, other));
  const placeHolder = vscode.l10n.t("Compare {0} with which run?", runLabel(run));
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.run;
}

async function show(ctx: Ctx, left: vscode.Uri, right: vscode.Uri, title: string): Promise<void> {
  const options = { viewColumn: ctx.dashboard.textColumn(), preview: false };
  await vscode.commands.executeCommand("vscode.diff", left, right, title, options);
}
