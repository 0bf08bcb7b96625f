import type { Ctx } from "../ctx";

export async function restartDaemon(ctx: Ctx): Promise<void> {
  await ctx.daemon.restart();
}

export function showOutput(ctx: Ctx): void {
  ctx.output.show();
}
