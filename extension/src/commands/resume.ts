import * as vscode from "vscode";
import { count, runLabel } from "../../shared/format";
import { isAlive } from "../../shared/run";
import type { Ctx } from "../ctx";
import { Failure } from "../failure";
import { trainAgain } from "../history/again";
import type { Checkpoint, CheckpointList, Run } from "../protocol.gen";
import { checkpointDescription, checkpointName, labelWord } from "../views/resumeWords";
import { pickRun } from "./pick";
import { launch, requireTrust, save } from "./start";

/** Goes on with a run that has ended, from a checkpoint: in the run itself, or as a new one. */
export async function resumeRun(ctx: Ctx, target: unknown): Promise<void> {
  requireTrust();
  const ended = ctx.runs.all().filter((run) => !isAlive(run));
  const none = vscode.l10n.t("No run has ended that could be resumed.");
  const run = await pickRun(ctx, target, ended, none, vscode.l10n.t("Resume which run?"));
  const checkpoint = run && (await pickCheckpoint(ctx, run));
  const asNew = checkpoint && (await pickWay(run, checkpoint));
  if (run === undefined || checkpoint === undefined || asNew === undefined) {
    return;
  }
  const recipe = vscode.Uri.file(run.recipe);
  const asked = { runId: run.id, checkpoint: checkpoint.name, asNew };
  const resumed = await launch(ctx, recipe, async () => {
    if (asNew && vscode.workspace.textDocuments.some(({ uri }) => uri.fsPath === run.recipe)) {
      await save(recipe);
    }
    return ctx.daemon.request("tunesmith/runs/resume", asked);
  });
  if (resumed !== undefined) {
    await ctx.dashboard.show(resumed.id);
    await ctx.tree.reveal(resumed.id);
  }
}

/** The only one, or the one that is picked. */
async function pickCheckpoint(ctx: Ctx, run: Run): Promise<Checkpoint | undefined> {
  const found = await ctx.daemon.request("tunesmith/runs/checkpoints", { runId: run.id });
  const [first, ...others] = found.checkpoints;
  if (first === undefined) {
    throw nothingToResume(ctx, run, found);
  }
  if (others.length === 0) {
    return first;
  }
  const now = Date.now() / 1000;
  const items = found.checkpoints.map((checkpoint) => ({
    label: checkpointName(checkpoint),
    description: checkpointDescription(checkpoint, now),
    ...(checkpoint.reason === null ? {} : { detail: checkpoint.reason }),
    checkpoint,
  }));
  const placeHolder = vscode.l10n.t("Resume {0} from which checkpoint?", runLabel(run));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.checkpoint;
}

/** Whether as a new run; undefined when nothing was picked. */
async function pickWay(run: Run, checkpoint: Checkpoint): Promise<boolean | undefined> {
  const name = runLabel(run);
  const done = checkpoint.steps !== null && checkpoint.step >= checkpoint.steps;
  const here = {
    label: vscode.l10n.t("Go on with this run"),
    description: vscode.l10n.t("the recipe as it was"),
    detail: vscode.l10n.t(
      "Another attempt of {0}: its curve goes on after step {1}.",
      name,
      count(checkpoint.step),
    ),
    asNew: false,
  };
  const anew = {
    label: vscode.l10n.t("Start a new run from here"),
    description: vscode.l10n.t("the recipe as it is now"),
    detail: vscode.l10n.t("{0} stays as it is, and is the parent of the new one.", name),
    asNew: true,
  };
  const placeHolder = vscode.l10n.t(
    "Resume {0} from step {1} ({2}) how?",
    name,
    count(checkpoint.step),
    labelWord(checkpoint.label),
  );
  return (await vscode.window.showQuickPick(done ? [anew] : [here, anew], { placeHolder }))?.asNew;
}

function nothingToResume(ctx: Ctx, run: Run, { torn }: CheckpointList): Failure {
  const message =
    torn.length === 0
      ? vscode.l10n.t("{0} has saved no checkpoint.", runLabel(run))
      : vscode.l10n.t("{0} has no whole checkpoint: {1} was cut short.", runLabel(run), torn.join(", "));
  return new Failure(message, [{ title: vscode.l10n.t("Train Again"), run: () => trainAgain(ctx, run.id) }]);
}
