import type { Ctx } from "../ctx";
import { pickRecipe } from "./pick";
import { requireTrust, startRun } from "./start";

/** Save, start, and show the run; or show the problems that keep it from starting. */
export async function train(ctx: Ctx, target: unknown): Promise<void> {
  requireTrust();
  const uri = await pickRecipe(target);
  const run = uri && (await startRun(ctx, uri, false));
  if (run !== undefined) {
    await ctx.dashboard.show(run.id);
    await ctx.tree.reveal(run.id);
  }
}
