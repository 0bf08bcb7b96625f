import * as vscode from "vscode";
import { runLabel } from "../../shared/format";
import { requireTrust } from "../commands/start";
import type { Ctx } from "../ctx";
import { knownTags, tagsIn } from "./choose";
import { pickAnyRun } from "./targets";

/** An empty text takes the note away. */
export async function editNote(ctx: Ctx, target: unknown): Promise<void> {
  requireTrust();
  const run = await pickAnyRun(ctx, target);
  const note =
    run &&
    (await vscode.window.showInputBox({
      title: vscode.l10n.t("Note of {0}", runLabel(run)),
      placeHolder: vscode.l10n.t("What is worth remembering about this run"),
      value: run.note,
    }));
  if (run !== undefined && note !== undefined && note !== run.note) {
    await ctx.daemon.request("tunesmith/runs/annotate", { runId: run.id, note });
  }
}

export async function editTags(ctx: Ctx, target: unknown): Promise<void> {
  requireTrust();
  const run = await pickAnyRun(ctx, target);
  if (run === undefined) {
    return;
  }
  const known = knownTags(ctx.runs.all());
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t("Tags of {0}", runLabel(run)),
    placeHolder: vscode.l10n.t("Words with commas between them"),
    ...(known.length > 0 ? { prompt: vscode.l10n.t("In use: {0}", known.join(", ")) } : {}),
    value: run.tags.join(", "),
  });
  if (text !== undefined) {
    await ctx.daemon.request("tunesmith/runs/annotate", { runId: run.id, tags: tagsIn(text) });
  }
}
