import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { homedir } from "node:os";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import * as vscode from "vscode";
import { Failure } from "./failure";

const KEPT_LINES = 20;
const GRACE_MS = 2000;

/** The daemon's process: its last words are kept, so that its end can be explained. */
export class DaemonProcess {
  private readonly lines: string[] = [];
  private readonly closed: Promise<unknown>;

  constructor(
    private readonly python: string,
    readonly child: ChildProcessWithoutNullStreams,
    output: vscode.LogOutputChannel,
  ) {
    this.closed = once(child, "close");
    createInterface({ input: child.stderr }).on("line", (line) => {
      output.info(line);
      this.lines.push(line);
      this.lines.splice(0, this.lines.length - KEPT_LINES);
    });
  }

  /** Ends the process if it is still there after a moment. */
  async end(): Promise<void> {
    await Promise.race([this.closed, wait(GRACE_MS)]);
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill("SIGKILL");
    }
  }

  /** Why it ended, in one message. A `Failure` will not go away by itself. */
  explain(): Error {
    const last = this.lines.findLast((line) => line.trim() !== "");
    if (last?.endsWith("No module named tunesmith")) {
      return missing(vscode.l10n.t("Tunesmith is not installed in {0}.", this.python));
    }
    if (this.child.signalCode !== null) {
      return new Error(vscode.l10n.t("The Tunesmith daemon was ended by {0}.", this.child.signalCode));
    }
    const code = `${this.child.exitCode}`;
    return new Error(
      last === undefined
        ? vscode.l10n.t("The Tunesmith daemon ended with exit code {0}.", code)
        : vscode.l10n.t("The Tunesmith daemon ended with exit code {0}: {1}", code, last),
    );
  }
}

/** The arguments of `tunesmith COMMAND`, and where it is started. */
export function tunesmith(command: string): { arguments: string[]; cwd: string } {
  // -P and a neutral folder: nothing that lies in the workspace may be imported instead of the daemon's own modules.
  return { arguments: ["-P", "-m", "tunesmith", command], cwd: homedir() };
}

/** Starts `<python> -m tunesmith lsp`, or throws a `Failure` that says what is missing. */
export async function startProcess(python: string, output: vscode.LogOutputChannel): Promise<DaemonProcess> {
  const { arguments: given, cwd } = tunesmith("lsp");
  const child = spawn(python, given, { cwd, env: environment() });
  try {
    await once(child, "spawn");
  } catch (error) {
    throw missing(
      vscode.l10n.t("The daemon's Python {0} does not start: {1}", python, (error as Error).message),
    );
  }
  output.info(`Daemon ${child.pid} started by ${python}`);
  return new DaemonProcess(python, child, output);
}

function missing(message: string): Failure {
  return new Failure(message, [
    {
      title: vscode.l10n.t("Set Daemon Python"),
      run: () => vscode.commands.executeCommand("workbench.action.openSettings", "tunesmith.daemon.python"),
    },
    {
      title: vscode.l10n.t("Show Output"),
      run: () => vscode.commands.executeCommand("tunesmith.showOutput"),
    },
  ]);
}

/** Without the variables that make a child of the editor behave like a part of it. */
function environment(): NodeJS.ProcessEnv {
  const ours = Object.entries(process.env).filter(([name]) => !/^(VSCODE|ELECTRON)_/.test(name));
  return Object.fromEntries(ours);
}
