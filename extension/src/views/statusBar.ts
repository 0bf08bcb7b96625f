import { basename } from "node:path";
import * as vscode from "vscode";
import { gigabytes, runLabel } from "../../shared/format";
import type { Daemon, DaemonState } from "../client";
import { NotSetUp } from "../environment/notSetUp";
import type { RunsModel } from "../models/runs";
import type { StatusModel } from "../models/status";
import type { Run, Status } from "../protocol.gen";
import { environmentName } from "../python";
import { toTarget } from "./toTarget";
import { description, liveLine } from "./words";

/** Left: the run that was started last and lives. */
export function runStatus(runs: RunsModel): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("tunesmith.run", vscode.StatusBarAlignment.Left, 10);
  item.name = vscode.l10n.t("Tunesmith: run");
  item.command = "tunesmith.openLiveRun";
  const listening = runs.onChange(() => {
    const alive = runs.alive();
    const newest = runs.live();
    if (newest === undefined) {
      item.hide();
      return;
    }
    const others = alive.length > 1 ? ` · +${alive.length - 1}` : "";
    item.text = `${liveIcon(newest)} ${liveLine(newest)}${others}`;
    item.tooltip = alive.map((run) => `${runLabel(run)}: ${description(run)}`).join("\n");
    item.show();
  });
  return vscode.Disposable.from(item, listening);
}

/** It turns while the run does something. */
function liveIcon({ state, phase }: Run): string {
  if (state === "queued") {
    return "$(clock)";
  }
  return phase === "paused" ? "$(debug-pause)" : "$(loading~spin)";
}

/** Right: the training interpreter, and the daemon while it is not simply there. */
export function daemonStatus(daemon: Daemon, status: StatusModel): vscode.Disposable {
  const { Right } = vscode.StatusBarAlignment;
  const interpreter = vscode.window.createStatusBarItem("tunesmith.interpreter", Right, 101);
  interpreter.name = vscode.l10n.t("Tunesmith: training interpreter");
  interpreter.command = "tunesmith.selectInterpreter";
  const trouble = vscode.window.createStatusBarItem("tunesmith.daemon", Right, 100);
  trouble.name = vscode.l10n.t("Tunesmith: daemon");
  const draw = (): void => {
    drawDaemon(trouble, daemon.state);
    drawInterpreter(interpreter, daemon.state, status.value);
  };
  return vscode.Disposable.from(interpreter, trouble, status.onChange(draw), daemon.onState(draw));
}

function drawDaemon(item: vscode.StatusBarItem, state: DaemonState): void {
  if (state.kind === "failed" && state.error instanceof NotSetUp) {
    drawNotSetUp(item);
    return;
  }
  const failed = state.kind === "failed";
  item.backgroundColor = failed ? new vscode.ThemeColor("statusBarItem.errorBackground") : undefined;
  item.command = failed ? "tunesmith.restartDaemon" : "tunesmith.showOutput";
  switch (state.kind) {
    case "failed":
      item.text = `$(error) ${vscode.l10n.t("Tunesmith: daemon ended")}`;
      item.tooltip = vscode.l10n.t("{0} Click to start it again.", sentence(state.error.message));
      break;
    case "running":
    case "stopped":
      item.hide();
      return;
    default:
      item.text = `$(loading~spin) ${
        state.kind === "starting" ? vscode.l10n.t("Tunesmith starts") : vscode.l10n.t("Tunesmith restarts")
      }`;
      item.tooltip = vscode.l10n.t("Runs are not touched by this.");
  }
  item.show();
}

function drawNotSetUp(item: vscode.StatusBarItem): void {
  item.backgroundColor = undefined;
  item.command = "tunesmith.setUpDaemon";
  item.text = `$(desktop-download) ${vscode.l10n.t("Set up Tunesmith")}`;
  item.tooltip = vscode.l10n.t("Recipes are not checked yet. Click to make the daemon's environment.");
  item.show();
}

function drawInterpreter(item: vscode.StatusBarItem, state: DaemonState, status: Status | undefined): void {
  item.command = "tunesmith.selectInterpreter";
  if (state.kind !== "running" || status === undefined) {
    item.hide();
    return;
  }
  if (status.target !== null) {
    drawTarget(item, status);
  } else if (status.interpreter === null || status.message !== null) {
    item.text = `$(warning) ${vscode.l10n.t("Select training interpreter")}`;
    item.tooltip = trouble(
      status.message ?? vscode.l10n.t("No Python to train in was found near the recipes."),
    );
  } else {
    const name = environmentName(status.interpreter);
    item.text = `Python ${status.packages.python ?? ""}${name ? ` (${name})` : ""}`;
    const versions = Object.entries(status.packages).map(([library, version]) => `${library} ${version}`);
    const lines = [vscode.l10n.t("Training runs in {0}", status.interpreter), ...versions];
    item.tooltip = [...lines, ...nextStart(status.nextStart)].join("\n");
  }
  item.show();
}

/** A profile stands for the machine that trains. */
function drawTarget(item: vscode.StatusBarItem, status: Status): void {
  const { target, targetProblem, waitingFor } = status;
  const icon = targetProblem === null ? "$(target)" : "$(warning)";
  item.text = `${icon} ${basename(target ?? "")}`;
  item.command = toTarget(status);
  const lines = [vscode.l10n.t("Checked for the target {0}", target ?? "")];
  if (targetProblem !== null) {
    lines.push(vscode.l10n.t("It cannot be read: {0}", targetProblem));
  }
  if (waitingFor.length > 0) {
    lines.push(vscode.l10n.t("Not known of it: {0}", waitingFor.join(", ")));
  }
  item.tooltip = lines.join("\n");
}

/** Said quietly: it changes nothing but how soon the next run steps. */
function nextStart(memory: number | null): string[] {
  return memory === null
    ? []
    : [vscode.l10n.t("The next start of this recipe is ready and takes {0} of memory", gigabytes(memory))];
}

/** With what can be done about it. */
function trouble(message: string): vscode.MarkdownString {
  const text = new vscode.MarkdownString().appendText(message);
  const select = `[${vscode.l10n.t("Select Training Interpreter")}](command:tunesmith.selectInterpreter)`;
  const check = `[${vscode.l10n.t("Check Environment")}](command:tunesmith.checkEnvironment)`;
  text.appendMarkdown(`\n\n${select} · ${check}`);
  text.isTrusted = { enabledCommands: ["tunesmith.selectInterpreter", "tunesmith.checkEnvironment"] };
  return text;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
