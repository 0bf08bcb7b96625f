import * as vscode from "vscode";

export interface Action {
  title: string;
  run(): unknown;
}

/** An error whose message was written for the user, with buttons for what can be done about it. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly actions: Action[] = [],
  ) {
    super(message);
  }
}

/** Logs an error and shows it, once. */
export async function report(output: vscode.LogOutputChannel, what: string, error: unknown): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  output.error(`${what}: ${error instanceof Failure ? message : ((error as Error)?.stack ?? message)}`);
  const showOutput = { title: vscode.l10n.t("Show Output"), run: () => output.show() };
  const actions = error instanceof Failure ? error.actions : [showOutput];
  const chosen = await vscode.window.showErrorMessage(message, ...actions.map((action) => action.title));
  await actions.find((action) => action.title === chosen)?.run();
}
