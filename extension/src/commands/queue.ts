// Runs that wait for room, and runs that hold between two steps.
import * as vscode from "vscode";
import { runLabel } from "../../shared/format";
import type { Ctx } from "../ctx";
import { isPaused } from "../models/keys";
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
  return ask(ctx, target, {
    among: trains,
    none: vscode.l10n.t("No run is going on."),
    question: vscode.l10n.t("Pause which run? It keeps its memory and goes on where it stands."),
    method: "tunesmith/runs/pause",
    done: (name) => vscode.l10n.t("{0} pauses at its next step.", name),
  });
}

export function continueRun(ctx: Ctx, target: unknown): Promise<void> {
  return ask(ctx, target, {
    among: ctx.runs.running().filter(isPaused),
    none: vscode.l10n.t("No run is paused."),
    question: vscode.l10n.t("Continue which run?"),
    method: "tunesmith/runs/continue",
    done: (name) => vscode.l10n.t("{0} goes on.", name),
  });
}

export function startNow(ctx: Ctx, target: unknown): Promise<void> {
  return ask(ctx, target, {
    among: waiting(ctx),
    none: vscode.l10n.t("No run waits in the queue."),
    question: vscode.l10n.t("Start which run now, beside those that train?"),
    method: "tunesmith/runs/startNow",
    done: (name) => vscode.l10n.t("{0} starts now.", name),
  });
}

export function moveUpInQueue(ctx: Ctx, target: unknown): Promise<void> {
  return ask(ctx, target, {
    among: waiting(ctx),
    none: vscode.l10n.t("No run waits in the queue."),
    question: vscode.l10n.t("Move which run up in the queue?"),
    method: "tunesmith/runs/moveUp",
    done: (name) => vscode.l10n.t("{0} was moved up in the queue.", name),
  });
}

export async function stopAfterEpoch(ctx: Ctx, target: unknown): Promise<void> {
  const none = vscode.l10n.t("No run is going on.");
  const question = vscode.l10n.t("Stop which run after this epoch?");
  const run = await pickRun(ctx, target, ctx.runs.running(), none, question);
  if (run !== undefined) {
    await ctx.daemon.request("tunesmith/runs/stop", { runId: run.id, afterEpoch: true });
    say(vscode.l10n.t("{0} stops after this epoch.", runLabel(run)));
  }
}

function waiting(ctx: Ctx): Run[] {
  return ctx.runs.alive().filter(({ state }) => state === "queued");
}

interface Request {
  among: Run[];
  none: string;
  question: string;
  method: Asked;
  done(name: string): string;
}

async function ask(ctx: Ctx, target: unknown, { among, none, question, ...request }: Request): Promise<void> {
  const run = await pickRun(ctx, target, among, none, question);
  if (run !== undefined) {
    // How the run looks meanwhile comes as a notification, which may overtake the reply.
    await ctx.daemon.request(request.method satisfies keyof Methods, { runId: run.id });
    say(request.done(runLabel(run)));
  }
}

function say(text: string): void {
  vscode.window.setStatusBarMessage(text, 5000);
}
