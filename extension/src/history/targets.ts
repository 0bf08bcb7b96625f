import * as vscode from "vscode";
import { pickRun } from "../commands/pick";
import type { Ctx } from "../ctx";
import type { Run } from "../protocol.gen";
import { RankNode, RunNode } from "../views/runsTree";

/** The runs of the selected rows when the target is one of them, else the target's, else the one that is picked. */
export async function targetRuns(
  ctx: Ctx,
  target: unknown,
  selection: unknown,
  among: Run[],
  none: string,
  question: string,
): Promise<Run[]> {
  const selected = Array.isArray(selection) ? selectedRuns(ctx, selection) : [];
  if (selected.length > 1) {
    return selected;
  }
  const run = await pickRun(ctx, target, among, none, question);
  return run === undefined ? [] : [run];
}

export function pickAnyRun(ctx: Ctx, target: unknown, question?: string): Promise<Run | undefined> {
  return pickRun(ctx, target, ctx.runs.all(), vscode.l10n.t("There are no runs yet."), question);
}

function selectedRuns(ctx: Ctx, rows: unknown[]): Run[] {
  const ids = rows.flatMap((row) => {
    if (row instanceof RunNode) {
      return [row.id];
    }
    return row instanceof RankNode ? [row.run.id] : [];
  });
  return [...new Set(ids)].flatMap((id) => ctx.runs.get(id) ?? []);
}
