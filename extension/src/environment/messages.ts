// What the user is told when the daemon's environment cannot be made: what happened, where, what to do.
import * as vscode from "vscode";
import { type Action, Failure } from "../failure";
import { BuildFailed, type Trouble } from "./build";
import { choosePythonAction, setUpAction } from "./notSetUp";
import type { Python, Unfit } from "./pythons";

export function noWheels(): Failure {
  return new Failure(vscode.l10n.t("Tunesmith does not know which Python its daemon is installed in."), [
    {
      title: vscode.l10n.t("Set Daemon Python"),
      run: () => vscode.commands.executeCommand("workbench.action.openSettings", "tunesmith.daemon.python"),
    },
    showOutput(),
  ]);
}

export function noPython(pythons: string[]): Failure {
  const message = vscode.l10n.t(
    "No Python {0} was found for Tunesmith's daemon. Install one, or choose where it is.",
    range(pythons),
  );
  return new Failure(message, [choosePythonAction(), setUpAction()]);
}

export function unfit(path: string, { why, version = "" }: Unfit, pythons: string[]): Failure {
  const messages: Record<Unfit["why"], string> = {
    broken: vscode.l10n.t("{0} is not a Python that can be started. Choose another one.", path),
    version: vscode.l10n.t(
      "{0} is Python {1}, and Tunesmith's daemon needs {2}. Choose another one.",
      path,
      version,
      range(pythons),
    ),
    build: vscode.l10n.t(
      "{0} is a build of Python {1} that Tunesmith carries nothing for. Choose another one.",
      path,
      version,
    ),
  };
  return new Failure(messages[why], [choosePythonAction()]);
}

export function explain(error: unknown, home: string, python: Python): Failure {
  if (!(error instanceof BuildFailed)) {
    throw error;
  }
  const messages: Record<Trouble, [string, Action[]]> = {
    "disk-full": [
      vscode.l10n.t(
        "Tunesmith was not set up: the disk of {0} is full. Free about 200 MB and set it up again.",
        home,
      ),
      [setUpAction()],
    ],
    "not-writable": cannotWrite(home, error),
    "no-venv": [
      vscode.l10n.t(
        "Tunesmith was not set up: {0} has no venv module. Install it (Debian, Ubuntu: python3-venv), or choose another Python.",
        python.path,
      ),
      [setUpAction(), choosePythonAction()],
    ],
    other: [
      vscode.l10n.t("Tunesmith was not set up with {0}: {1}", python.path, error.message),
      [choosePythonAction(), showOutput()],
    ],
  };
  return new Failure(...messages[error.trouble]);
}

export function notWritable(home: string, error: unknown): Failure {
  return new Failure(...cannotWrite(home, error));
}

function cannotWrite(home: string, error: unknown): [string, Action[]] {
  const why = (error as Error).message;
  return [
    vscode.l10n.t("Tunesmith was not set up: {0} cannot be written to ({1}).", home, why),
    [setUpAction(), showOutput()],
  ];
}

function showOutput(): Action {
  return {
    title: vscode.l10n.t("Show Output"),
    run: () => vscode.commands.executeCommand("tunesmith.showOutput"),
  };
}

/** "3.11 to 3.14", or the one there is. */
function range(pythons: string[]): string {
  const [first, last] = [pythons.at(0) ?? "", pythons.at(-1) ?? ""];
  return first === last ? first : vscode.l10n.t("{0} to {1}", first, last);
}
