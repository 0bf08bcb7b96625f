import { homedir } from "node:os";
import { dirname, join } from "node:path";
import * as vscode from "vscode";
import { daemonPython } from "../settings";
import { buildEnvironment } from "./build";
import { type Carried, readCarried } from "./carried";
import { explain, noPython, notWritable, noWheels, unfit } from "./messages";
import { writeNote } from "./notes";
import { NotSetUp } from "./notSetUp";
import { examine, findUsable, type Python } from "./pythons";
import { agree, type Environment, findEnvironment, hasAgreed, hold, removeOthers, withdraw } from "./store";
import { userData } from "./userFolders";

/** The Python that the daemon is started with: a named one, else an environment made from what the extension carries. */
export class DaemonEnvironment {
  private readonly home: string;
  private chosen: Python | undefined;
  private current: Environment | undefined;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly output: vscode.LogOutputChannel,
  ) {
    this.home = join(context.globalStorageUri.fsPath, "daemon");
  }

  /**
   * Makes the environment when there is none for these wheels and the user has agreed to have one. Throws `NotSetUp`
   * when nobody has, and a `Failure` that says what to do when it cannot be made.
   */
  async python(): Promise<string> {
    const named = daemonPython();
    if (named !== undefined) {
      return named;
    }
    const carried = await readCarried(this.context.extensionPath);
    if (carried === undefined) {
      throw noWheels();
    }
    const known = this.chosen === undefined ? await findEnvironment(this.home, carried) : undefined;
    this.current = known ?? (await this.make(carried));
    await hold(this.current, process.pid);
    return this.current.python;
  }

  /** The Python that is used or would be, without making anything. */
  async known(): Promise<string | undefined> {
    const carried = await readCarried(this.context.extensionPath);
    return daemonPython() ?? (carried && (await findEnvironment(this.home, carried)))?.python;
  }

  /** The user agrees; it holds for later versions of the extension too. */
  async agree(chosen?: Python): Promise<void> {
    this.chosen = chosen;
    try {
      await agree(this.home);
    } catch (error) {
      throw notWritable(this.home, error);
    }
  }

  /** The Pythons of the machine that serve, and one that the user names, or a `Failure` that says why it does not. */
  async usable(): Promise<Python[]> {
    const carried = await readCarried(this.context.extensionPath);
    return findUsable(carried?.pythons ?? [], process.env, homedir());
  }

  async named(path: string): Promise<Python> {
    const pythons = (await readCarried(this.context.extensionPath))?.pythons ?? [];
    const python = await examine(path, pythons);
    if ("why" in python) {
      throw unfit(path, python, pythons);
    }
    return python;
  }

  /** Once the daemon runs from the present environment, those of earlier versions go. */
  async removeOthers(): Promise<void> {
    if (this.current !== undefined) {
      for (const folder of await removeOthers(this.home, this.current)) {
        this.output.info(`Removed ${folder}: no daemon uses it any more`);
      }
    }
  }

  private async make(carried: Carried): Promise<Environment> {
    if (!(await hasAgreed(this.home))) {
      throw new NotSetUp();
    }
    const python = this.chosen ?? (await findUsable(carried.pythons, process.env, homedir()))[0];
    if (python === undefined) {
      throw noPython(carried.pythons);
    }
    const made = await this.build(carried, python);
    if (this.chosen === python) {
      this.chosen = undefined; // Another one may have been chosen meanwhile.
    }
    const extensions = dirname(this.context.extensionPath);
    await writeNote(userData(), { environments: this.home, extensions });
    return made;
  }

  private async build(carried: Carried, python: Python): Promise<Environment> {
    this.output.info(
      `Making the daemon's environment in ${this.home} with Python ${python.version}, ${python.path}`,
    );
    const broken = new AbortController();
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t("Setting up Tunesmith with Python {0}", python.version),
      cancellable: true,
    };
    const log = (line: string): void => this.output.info(line);
    try {
      return await vscode.window.withProgress(options, (_progress, token) => {
        token.onCancellationRequested(() => broken.abort());
        return buildEnvironment({ home: this.home, carried, python, signal: broken.signal, log });
      });
    } catch (error) {
      if (broken.signal.aborted) {
        await withdraw(this.home);
        throw new NotSetUp();
      }
      throw explain(error, this.home, python);
    }
  }
}
