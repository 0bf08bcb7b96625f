// Runs, and the recipes that they kept, as documents that only show.
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import * as vscode from "vscode";
import { runLabel } from "../../shared/format";
import type { Ctx } from "../ctx";
import type { RunChange } from "../models/runs";
import type { Run } from "../protocol.gen";
import { changesItsText } from "./choose";

const RUN = "tunesmith-run";
const RECIPE = "tunesmith-recipe";

/** The document that tells all about a run. */
export function runUri(run: Run): vscode.Uri {
  return vscode.Uri.from({ scheme: RUN, path: `/${runLabel(run)}.yaml`, query: run.id });
}

/** The recipe as it was when the run was started. */
export function keptRecipeUri(run: Run): vscode.Uri {
  return vscode.Uri.from({ scheme: RECIPE, path: `/${basename(run.recipe)}`, query: run.id });
}

export function provideRunDocuments(ctx: Ctx): vscode.Disposable {
  const documents = new RunDocuments(ctx);
  return vscode.Disposable.from(
    documents,
    vscode.workspace.registerTextDocumentContentProvider(RUN, documents),
    vscode.workspace.registerTextDocumentContentProvider(RECIPE, {
      provideTextDocumentContent: ({ query }) => readKeptRecipe(ctx, query),
    }),
  );
}

/** Renews a text that is open when something of it changed; not at every step of a run that goes on. */
class RunDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly listening: vscode.Disposable;

  constructor(private readonly ctx: Ctx) {
    const listening = ctx.runs.onChange(({ changes }) => this.renew(changes));
    this.listening = new vscode.Disposable(() => listening.dispose());
  }

  async provideTextDocumentContent({ query }: vscode.Uri): Promise<string> {
    const { text } = await this.ctx.daemon.request("tunesmith/runs/document", { runId: query });
    return text;
  }

  dispose(): void {
    this.listening.dispose();
    this.changed.dispose();
  }

  private renew(changes: RunChange[]): void {
    for (const { after } of changes.filter(changesItsText)) {
      for (const { uri } of vscode.workspace.textDocuments) {
        if (uri.scheme === RUN && uri.query === after.id) {
          this.changed.fire(uri);
        }
      }
    }
  }
}

async function readKeptRecipe(ctx: Ctx, runId: string): Promise<string> {
  const run = ctx.runs.get(runId);
  if (run === undefined) {
    return vscode.l10n.t("Run {0} is not in the folders of this window.", runId);
  }
  const path = join(run.folder, "recipe.yaml");
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    return vscode.l10n.t("{0} cannot be read: {1}", path, (error as Error).message);
  }
}
