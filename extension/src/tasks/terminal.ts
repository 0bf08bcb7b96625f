import { basename } from "node:path";
import * as vscode from "vscode";
import { runLabel } from "../../shared/format";
import { isAlive, outcome } from "../../shared/run";
import { requireTrust } from "../commands/start";
import type { Ctx } from "../ctx";
import { DOUBT } from "../models/ends";
import type { Run } from "../protocol.gen";
import { endMessage } from "../views/endWords";
import { description, stateWord, stopSaves } from "../views/words";
import { CODES, codeOf, Pacing, problemLine, terminalText } from "./lines";

/** Milliseconds between two lines that only tell of steps. */
const PAUSE = 5000;
/** Milliseconds in which a window that closes has said so: closing it stops no run, terminating the task does. */
const CLOSING = 1000;
const CTRL_C = "\x03";

/** The terminal of a task: starts a run of the recipe, tells how it goes, and ends with its exit code. */
export class RunTerminal implements vscode.Pseudoterminal {
  private readonly writing = new vscode.EventEmitter<string>();
  private readonly closing = new vscode.EventEmitter<number>();
  private readonly pacing = new Pacing(PAUSE);
  private listening: { dispose(): void } | undefined;
  private runId: string | undefined;
  private asked = 0;
  private closed = false;
  private doubting: NodeJS.Timeout | undefined;
  readonly onDidWrite = this.writing.event;
  readonly onDidClose = this.closing.event;

  constructor(
    private readonly ctx: Ctx,
    private readonly recipe: string,
  ) {}

  open(): void {
    this.start().catch((error: unknown) => {
      this.say(error instanceof Error ? error.message : String(error));
      this.end(CODES.unusable);
    });
  }

  /** The task is terminated. */
  close(): void {
    this.closed = true;
    this.listening?.dispose();
    clearTimeout(this.doubting);
    setTimeout(() => void this.stop(false), CLOSING);
    this.asked += 1;
  }

  handleInput(data: string): void {
    if (data === CTRL_C) {
      this.asked += 1;
      void this.stop(this.asked > 1);
    }
  }

  private async start(): Promise<void> {
    requireTrust();
    const name = basename(this.recipe);
    this.say(vscode.l10n.t("Starting {0}", name));
    const { run, problems } = await this.ctx.daemon.request("tunesmith/runs/start", {
      recipe: this.recipe,
      debug: false,
    });
    if (run === null) {
      for (const problem of problems) {
        this.say(problemLine(this.recipe, problem));
      }
      this.say(vscode.l10n.t("{0} was not started: mend its errors first.", name));
      this.end(CODES.refused);
      return;
    }
    this.runId = run.id;
    this.ctx.runs.adopt(run);
    this.say(vscode.l10n.t("Run {0} in {1}", run.id, run.folder));
    this.listening = this.ctx.runs.onChange(() => this.follow(run.id));
    this.follow(run.id);
    if (this.asked > 0) {
      await this.stop(this.asked > 1);
    }
  }

  private follow(id: string, certain = false): void {
    const run = this.ctx.runs.get(id);
    if (run === undefined) {
      this.say(vscode.l10n.t("Run {0} is not in the folders of this window.", id));
      this.end(CODES.failed);
    } else if (isAlive(run)) {
      this.tell(run);
    } else if (outcome(run) === "lost" && !certain) {
      this.doubting ??= setTimeout(() => {
        this.doubting = undefined;
        this.follow(id, true);
      }, DOUBT * 1000);
    } else {
      this.say(outcome(run) === "stopped" ? `${stateWord(run)}: ${description(run)}` : endMessage(run));
      if (outcome(run) !== "finished" && run.log !== null) {
        this.say(vscode.l10n.t("Log: {0}", run.log));
      }
      this.end(codeOf(run));
    }
  }

  private tell(run: Run): void {
    const text = description(run);
    if (this.pacing.lets(run.phase ?? run.state, text)) {
      this.say(`${runLabel(run)}  ${text}`);
    }
  }

  private async stop(force: boolean): Promise<void> {
    const run = this.runId === undefined ? undefined : this.ctx.runs.get(this.runId);
    if (run === undefined || !isAlive(run) || this.ctx.daemon.state.kind !== "running") {
      return;
    }
    const told = force ? vscode.l10n.t("Ends at once.") : stopSaves(run) || vscode.l10n.t("Stops.");
    if (this.closed) {
      // Nobody sees the terminal any more.
      void vscode.window.showInformationMessage(
        vscode.l10n.t("The task of {0} was ended, and with it the run. {1}", runLabel(run), told),
      );
    } else {
      this.say(told);
    }
    try {
      await this.ctx.daemon.request("tunesmith/runs/stop", { runId: run.id, force });
    } catch (error) {
      this.ctx.output.error(`The task could not stop ${run.id}: ${String(error)}`);
      this.say(error instanceof Error ? error.message : String(error));
    }
  }

  private say(text: string): void {
    this.writing.fire(terminalText(text));
  }

  private end(code: number): void {
    this.listening?.dispose();
    clearTimeout(this.doubting);
    this.closing.fire(code);
  }
}
