import { basename } from "node:path";
import * as vscode from "vscode";
import type { Ctx } from "../ctx";
import { Failure } from "../failure";
import type { Run } from "../protocol.gen";
import { pickRecipe } from "./pick";
import { launch, requireTrust, save } from "./start";

const SCHEME = "tunesmith-dry-run";

/** The last page of each recipe; a new dry run changes it where it is open. */
class Pages implements vscode.TextDocumentContentProvider {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly texts = new Map<string, string>();
  readonly onDidChange = this.changed.event;

  set(uri: vscode.Uri, text: string): void {
    this.texts.set(uri.toString(), text);
    this.changed.fire(uri);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? vscode.l10n.t("Make the dry run again to see what it tells.");
  }
}

const pages = new Pages();

export const provideDryRuns = (): vscode.Disposable =>
  vscode.workspace.registerTextDocumentContentProvider(SCHEME, pages);

/** Makes one real step on a slice of the data, and shows what it took and its first batch. */
export async function dryRun(ctx: Ctx, target: unknown): Promise<void> {
  requireTrust();
  const recipe = await pickRecipe(target);
  if (recipe === undefined) {
    return;
  }
  const run = await launch(ctx, recipe, async () => {
    await save(recipe);
    return ctx.daemon.request("tunesmith/dryRun/start", { recipe: recipe.fsPath });
  });
  const text = run && (await follow(ctx, recipe, run));
  if (text) {
    const page = vscode.Uri.from({
      scheme: SCHEME,
      path: `/${vscode.l10n.t("Dry run of {0}", basename(recipe.fsPath))}.md`,
      query: recipe.toString(),
    });
    pages.set(page, text);
    await open(page);
  }
}

/** Its page; undefined when somebody stopped it. */
function follow(ctx: Ctx, recipe: vscode.Uri, run: Run): Thenable<string | undefined> {
  const name = basename(recipe.fsPath);
  const location = vscode.ProgressLocation.Notification;
  const title = vscode.l10n.t("Dry run of {0}", name);
  return vscode.window.withProgress({ location, title, cancellable: true }, async (progress, cancelled) => {
    progress.report({ message: vscode.l10n.t("one step on a slice of the data") });
    cancelled.onCancellationRequested(() => void stop(ctx, run));
    const report = await ctx.daemon.request("tunesmith/dryRun/report", { runId: run.id });
    if (report.stopped) {
      return undefined;
    }
    if (report.error !== null) {
      const show = () => vscode.commands.executeCommand("tunesmith.showError", run.id);
      throw new Failure(vscode.l10n.t("The dry run of {0} failed: {1}", name, report.error), [
        { title: vscode.l10n.t("Show Error"), run: show },
      ]);
    }
    return report.text;
  });
}

async function stop(ctx: Ctx, run: Run): Promise<void> {
  try {
    await ctx.daemon.request("tunesmith/runs/stop", { runId: run.id, force: true });
  } catch (error) {
    ctx.output.error(`The dry run ${run.id} was not stopped: ${String(error)}`);
  }
}

/** As a page; as text where the editor's Markdown preview is switched off. */
async function open(page: vscode.Uri): Promise<void> {
  try {
    await vscode.commands.executeCommand("markdown.showPreview", page);
  } catch {
    await vscode.window.showTextDocument(page, { preview: true });
  }
}
