import { access } from "node:fs/promises";
import * as vscode from "vscode";
import { launch, requireTrust, save } from "../commands/start";
import type { Ctx } from "../ctx";
import type { Run } from "../protocol.gen";
import { keptRecipeUri } from "./documents";
import { pickAnyRun } from "./targets";

/** With today's code and today's recipe. */
export async function trainAgain(ctx: Ctx, target: unknown): Promise<void> {
  requireTrust();
  const run = await pickAnyRun(ctx, target, vscode.l10n.t("Train which run's recipe again, as it is now?"));
  if (run !== undefined) {
    const recipe = vscode.Uri.file(run.recipe);
    await show(ctx, await launch(ctx, recipe, () => askWithSaved(ctx, run, recipe)));
  }
}

/** With today's code and the recipe that the run kept; its paths are seen from the recipe's folder. */
export async function trainAgainAsItWas(ctx: Ctx, target: unknown): Promise<void> {
  requireTrust();
  const run = await pickAnyRun(ctx, target, vscode.l10n.t("Train which run's recipe again, as it was then?"));
  if (run !== undefined) {
    const ask = () => ctx.daemon.request("tunesmith/runs/again", { runId: run.id, asItWas: true });
    await show(ctx, await launch(ctx, keptRecipeUri(run), ask));
  }
}

/** Of a recipe that is gone the daemon says so. */
async function askWithSaved(ctx: Ctx, run: Run, recipe: vscode.Uri) {
  const there = await access(run.recipe).then(
    () => true,
    () => false,
  );
  if (there) {
    await save(recipe);
  }
  return ctx.daemon.request("tunesmith/runs/again", { runId: run.id });
}

async function show(ctx: Ctx, run: Run | undefined): Promise<void> {
  if (run !== undefined) {
    await ctx.dashboard.show(run.id);
    await ctx.tree.reveal(run.id);
  }
}
