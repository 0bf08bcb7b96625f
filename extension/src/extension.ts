import * as vscode from "vscode";
import { startProcess } from "./daemonProcess";
import { DaemonEnvironment } from "./environment/daemonEnvironment";

let stop: (() => Promise<void>) | undefined;

/** The daemon is what takes longest: it starts first, and the rest of the extension is loaded meanwhile. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("Tunesmith", { log: true });
  const environment = new DaemonEnvironment(context, output);
  const start = async () => startProcess(await environment.python(), output);
  const started = start();
  // Whoever connects to it is told why it did not start.
  started.catch(() => {});
  const { assemble } = await import("./parts");
  stop = assemble(context, { output, environment, started, start });
}

/** Ends the daemon only: runs belong to their supervisors and go on. */
export async function deactivate(): Promise<void> {
  await stop?.();
}
