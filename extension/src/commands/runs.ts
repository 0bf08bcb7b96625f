import * as vscode from "vscode";
import { runLabel } from "../../shared/format";
import type { Ctx } from "../ctx";
import type { Run } from "../protocol.gen";
import { RunNode } from "../views/runsTree";
import { stopSaves } from "../views/words";
import { pickRun } from "./pick";
import { pickLive } from "./pickLive";

/** Ends the run at the next step with what it can save; one that can save nothing only when that is wanted. */
export async function stop(ctx: Ctx, target: unknown): Promise<void> {
  const none = vscode.l10n.t("No run is going on.");
  const question = vscode.l10n.t("Stop which run?");
  const run = await pickRun(ctx, target, ctx.runs.alive(), none, question);
  if (run === undefined || (run.stop === "nothing" && !(await agreed(run)))) {
    return;
  }
  await request(ctx, run.id, false);
}

async function agreed(run: Run): Promise<boolean> {
  const confirm = vscode.l10n.t("Stop Run");
  const question = vscode.l10n.t("Stop {0}?", runLabel(run));
  const detail = stopSaves(run);
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, confirm)) === confirm;
}

/** Ends every process of the run at once. */
export async function stopNow(ctx: Ctx, target: unknown): Promise<void> {
  const run = await pickRunning(ctx, target);
  if (run === undefined) {
    return;
  }
  const confirm = vscode.l10n.t("Stop Now");
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t("Stop {0} now?", runLabel(run)),
    {
      modal: true,
      detail: vscode.l10n.t("No checkpoint is saved: what it learned since the last one is lost."),
    },
    confirm,
  );
  if (chosen === confirm) {
    await request(ctx, run.id, true);
  }
}

/** Draws and focuses the target's run; without one the dashboard opens as it was left. */
export async function openDashboard(ctx: Ctx, target: unknown): Promise<void> {
  const named = target instanceof RunNode || typeof target === "string";
  const run = named ? await pickRun(ctx, target, [], "") : undefined;
  await ctx.dashboard.show(run?.id);
}

/** The row that was clicked is the selected one. */
export async function openSelectedRun(ctx: Ctx): Promise<void> {
  await ctx.dashboard.show(ctx.tree.selected());
}

/** The run that the status bar shows; of several one is chosen. */
export async function openLiveRun(ctx: Ctx): Promise<void> {
  await (ctx.runs.alive().length > 1 ? pickLive(ctx) : ctx.dashboard.show(ctx.runs.live()?.id));
}

export async function refreshRuns(ctx: Ctx): Promise<void> {
  await ctx.sync.refresh();
}

function pickRunning(ctx: Ctx, target: unknown) {
  const none = vscode.l10n.t("No run is going on.");
  return pickRun(ctx, target, ctx.runs.running(), none, vscode.l10n.t("Stop which run at once?"));
}

async function request(ctx: Ctx, runId: string, force: boolean): Promise<void> {
  // How the run looks meanwhile comes as a notification, which may overtake the reply.
  await ctx.daemon.request("tunesmith/runs/stop", { runId, force });
}
