import * as vscode from "vscode";
import { runLabel } from "../../shared/format";
import { isAlive } from "../../shared/run";
import { startRun } from "../commands/start";
import type { Ctx } from "../ctx";
import type { Run } from "../protocol.gen";

/** The runs that debug sessions started. A session that is restarted comes again, with the same id. */
export class Launches {
  private readonly runs = new Map<string, string>();

  constructor(private readonly ctx: Ctx) {}

  /** A new run for the session; undefined when none could be started, or the wait for the last one was given up. */
  async start(session: vscode.DebugSession): Promise<Run | undefined> {
    const before = this.runs.get(session.id);
    if (before !== undefined && !(await this.ended(before))) {
      return undefined;
    }
    const run = await startRun(this.ctx, vscode.Uri.file(session.configuration.recipe), true);
    if (run !== undefined) {
      this.runs.set(session.id, run.id);
      await this.ctx.tree.reveal(run.id);
    }
    return run;
  }

  /** Waits for the run that is being stopped: two at once may not fit on the machine. */
  private async ended(id: string): Promise<boolean> {
    const run = this.ctx.runs.get(id);
    if (run === undefined || !isAlive(run)) {
      return true;
    }
    const title = vscode.l10n.t("{0} is stopping; the next run starts after it", runLabel(run));
    const location = vscode.ProgressLocation.Notification;
    return vscode.window.withProgress({ location, title, cancellable: true }, (_, token) =>
      this.untilEnded(id, token),
    );
  }

  private async untilEnded(id: string, token: vscode.CancellationToken): Promise<boolean> {
    const listening: { dispose(): unknown }[] = [];
    const ended = await new Promise<boolean>((resolve) => {
      const look = (): void => {
        const now = this.ctx.runs.get(id);
        if (now === undefined || !isAlive(now)) {
          resolve(true);
        }
      };
      listening.push(
        this.ctx.runs.onChange(look),
        token.onCancellationRequested(() => resolve(false)),
      );
      look();
    });
    for (const one of listening) {
      one.dispose();
    }
    return ended;
  }
}
