// Runs that wait for room, and runs that hold between two steps.
import * as vscode from "vscode";
import { runLabel } from "../../shared/format";
import type { Ctx } from "../ctx";
import type { Methods, Run } from "../protocol.gen";
import { pickRecipe, pickRun } from "./pick";
import { requireTrust, startRun } from "./start";

type Asked =
  | "tunesmith/runs/pause"
  | "tunesmith/runs/continue"
  | "tunesmith/runs/startNow"
  | "tunesmith/runs/moveUp";

/** Save, and start as soon as there is room on this machine, after those who wait already. */
export async function trainInQueue(ctx: Ctx, target: unknown): Promise<void> {
  requireTrust();
  const uri = await pickRecipe(target);
  const run = uri && (await startRun(ctx, uri, false, true));
  if (run !== undefined) {
    await ctx.tree.reveal(run.id);
  }
}

export function pauseRun(ctx: Ctx, target: unknown): Promise<void> {
  const trains = ctx.runs.running().filter(({ phase }) => phase !== "paused" && phase !== "restarting");
  return ask(ctx, target, trains, vscode.l10n.t("No run is going on."), "tunesmith/runs/pause");
}

export function continueRun(ctx: Ctx, target: unknown): Promise<void> {
  const paused = ctx.runs.running().filter(({ phase }) => phase === "paused");
  return ask(ctx, target, paused, vscode.l10n.t("No run is paused."), "tunesmith/runs/continue");
}

export function startNow(ctx: Ctx, target: unknown): Promise<void> {
  return ask(
    ctx,
    target,
    waiting(ctx),
    vscode.l10n.t("No run waits in the queue."),
    "tunesmith/runs/startNow",
  );
}

export function moveUpInQueue(ctx: Ctx, target: unknown): Promise<void> {
  return ask(ctx, target, waiting(ctx), vscode.l10n.t("No run waits in the queue."), "tunesmith/runs/moveUp");
}

export async function stopAfterEpoch(ctx: Ctx, target: unknown): Promise<void> {
  const run = await pickRun(ctx, target, ctx.runs.running(), vscode.l10n.t("No run is going on."));
  if (run === undefined) {
    return;
  }
  await ctx.daemon.request("tunesmith/runs/stop", { runId: run.id, afterEpoch: true });
  vscode.window.setStatusBarMessage(vscode.l10n.t("{0} stops after this epoch.", runLabel(run)), 5000);
}

function waiting(ctx: Ctx): Run[] {
  return ctx.runs.alive().filter(({ state }) => state === "queued");
}

async function ask(ctx: Ctx, target: unknown, among: Run[], none: string, method: Asked): Promise<void> {
  const run = await pickRun(ctx, target, among, none);
  if (run !== undefined) {
    // How the run looks meanwhile comes as a notification, which may overtake the reply.
    await ctx.daemon.request(method satisfies keyof Methods, { runId: run.id });
  }
}
