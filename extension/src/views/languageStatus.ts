import { basename, dirname } from "node:path";
import * as vscode from "vscode";
import { count } from "../../shared/format";
import type { Daemon, DaemonState } from "../client";
import type { StatusModel } from "../models/status";
import type { Status } from "../protocol.gen";
import { environmentName } from "../python";
import { RECIPE_FILES } from "../recipes";
import { toTarget } from "./toTarget";

const RECIPES: vscode.DocumentFilter = { scheme: "file", pattern: RECIPE_FILES };

/** Beside the language of an open recipe: what it is checked against, and how far. */
export function languageStatus(daemon: Daemon, status: StatusModel): vscode.Disposable {
  const interpreter = vscode.languages.createLanguageStatusItem("tunesmith.interpreter", RECIPES);
  interpreter.name = vscode.l10n.t("Tunesmith: training interpreter");
  const rules = vscode.languages.createLanguageStatusItem("tunesmith.rules", RECIPES);
  rules.name = vscode.l10n.t("Tunesmith: rules");
  const draw = (): void => {
    interpreter.selector = rules.selector = shown(status.value);
    drawInterpreter(interpreter, status.value);
    drawRules(rules, daemon.state, status.value);
  };
  draw();
  return vscode.Disposable.from(interpreter, rules, status.onChange(draw), daemon.onState(draw));
}

/** Recipes, and the file of somebody else's that the status is about. */
function shown(status: Status | undefined): vscode.DocumentSelector {
  if (status?.uri == null) {
    return RECIPES;
  }
  const { fsPath } = vscode.Uri.parse(status.uri);
  return [
    RECIPES,
    { scheme: "file", pattern: new vscode.RelativePattern(dirname(fsPath), basename(fsPath)) },
  ];
}

function drawInterpreter(item: vscode.LanguageStatusItem, status: Status | undefined): void {
  item.command = { command: "tunesmith.selectInterpreter", title: vscode.l10n.t("Select") };
  item.busy = status === undefined;
  item.severity = vscode.LanguageStatusSeverity.Information;
  if (status === undefined) {
    item.text = vscode.l10n.t("Training interpreter");
    item.detail = undefined;
  } else if (status.target !== null) {
    drawTarget(item, status.target, status);
  } else if (status.interpreter === null || status.message !== null) {
    item.severity = vscode.LanguageStatusSeverity.Warning;
    item.text = vscode.l10n.t("No training interpreter");
    item.detail = status.message ?? vscode.l10n.t("No Python to train in was found near the recipes.");
  } else {
    const { python = "", ...libraries } = status.packages;
    const name = environmentName(status.interpreter);
    item.text = `Python ${python}${name ? ` (${name})` : ""}`;
    item.detail = Object.entries(libraries)
      .map(([library, version]) => `${library} ${version}`)
      .join(" · ");
  }
}

function drawTarget(item: vscode.LanguageStatusItem, target: string, status: Status): void {
  item.command = toTarget(status);
  item.text = vscode.l10n.t("Target: {0}", basename(target));
  item.detail =
    status.targetProblem ?? vscode.l10n.t("Checked for this machine profile, not for this computer");
  if (status.targetProblem !== null) {
    item.severity = vscode.LanguageStatusSeverity.Error;
  }
}

function drawRules(item: vscode.LanguageStatusItem, state: DaemonState, status: Status | undefined): void {
  const failed = state.kind === "failed";
  const { Error: Trouble, Information } = vscode.LanguageStatusSeverity;
  item.severity = failed ? Trouble : Information;
  item.busy = state.kind === "starting" || state.kind === "restarting";
  item.command = failed
    ? { command: "tunesmith.restartDaemon", title: vscode.l10n.t("Restart Daemon") }
    : { command: "tunesmith.showOutput", title: vscode.l10n.t("Show Output") };
  item.text = failed ? vscode.l10n.t("Recipes are not checked") : ruleCount(status);
  item.detail = failed ? state.error.message : waiting(status);
}

function ruleCount(status: Status | undefined): string {
  if (status === undefined) {
    return vscode.l10n.t("Rules");
  }
  return status.rulesRun === 1
    ? vscode.l10n.t("Checked by 1 rule")
    : vscode.l10n.t("Checked by {0} rules", count(status.rulesRun));
}

function waiting(status: Status | undefined): string | undefined {
  if (status === undefined || status.rulesWaiting === 0) {
    return undefined;
  }
  const number = count(status.rulesWaiting);
  return status.waitingFor.length === 0
    ? vscode.l10n.t("{0} waiting", number)
    : vscode.l10n.t("{0} waiting for: {1}", number, status.waitingFor.join(", "));
}
