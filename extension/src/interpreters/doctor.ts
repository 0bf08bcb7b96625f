import * as vscode from "vscode";
import type { Ctx } from "../ctx";
import { Failure } from "../failure";
import { pickFolder } from "./folder";
import { type ReportWords, toDocument } from "./report";

const SCHEME = "tunesmith-environment";
/** Its name is what the tab shows. */
const DOCUMENT = vscode.Uri.from({ scheme: SCHEME, path: "/Environment.md" });

/** The document of the last check; a new check changes it where it is open. */
class Reports implements vscode.TextDocumentContentProvider {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private text = "";
  readonly onDidChange = this.changed.event;

  set(text: string): void {
    this.text = text;
    this.changed.fire(DOCUMENT);
  }

  provideTextDocumentContent(): string {
    return this.text;
  }
}

const reports = new Reports();

export const provideReports = (): vscode.Disposable =>
  vscode.workspace.registerTextDocumentContentProvider(SCHEME, reports);

/** Checks versions, devices, disks and limits, and shows what to do about each. */
export async function checkEnvironment(ctx: Ctx): Promise<void> {
  const folder = await pickFolder();
  if (folder === undefined) {
    return;
  }
  if (folder === "none") {
    throw new Failure(
      vscode.l10n.t("No folder is open. Open the folder of a recipe, then check its environment."),
    );
  }
  const title = vscode.l10n.t("Checking the environment of {0}", folder.name);
  const report = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
    ctx.daemon.request("tunesmith/environment/check", { folder: folder.uri.fsPath }),
  );
  reports.set(toDocument(report, words()));
  await open();
}

/** As a page; as text where the editor's Markdown preview is switched off. */
async function open(): Promise<void> {
  try {
    await vscode.commands.executeCommand("markdown.showPreview", DOCUMENT);
  } catch {
    await vscode.window.showTextDocument(DOCUMENT, { preview: true });
  }
}

function words(): ReportWords {
  return {
    title: vscode.l10n.t("Environment"),
    summary: (wrong, warnings) => {
      if (wrong > 0) {
        return vscode.l10n.t("{0} wrong, {1} to look at.", wrong, warnings);
      }
      return warnings > 0
        ? vscode.l10n.t("Runs can start; {0} to look at.", warnings)
        : vscode.l10n.t("All is well.");
    },
  };
}
