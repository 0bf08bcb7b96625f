/** The way to the profile that a recipe is checked for: one that the recipe names opens, else the setting does. */
import * as vscode from "vscode";
import type { Status } from "../protocol.gen";

export function toTarget({ target, targetProblem, targetIsOwn }: Status): vscode.Command {
  return targetIsOwn && target !== null && targetProblem === null
    ? { command: "vscode.open", title: vscode.l10n.t("Open"), arguments: [vscode.Uri.file(target)] }
    : {
        command: "workbench.action.openSettings",
        title: vscode.l10n.t("Change"),
        arguments: ["tunesmith.target"],
      };
}
