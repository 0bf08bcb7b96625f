import * as vscode from "vscode";
import type { Ctx } from "../ctx";
import { report } from "../failure";
import { choosePythonAction, NotSetUp, setUpAction } from "./notSetUp";

const DECLINED = "tunesmith.daemon.declined";

/** Asks once whether the daemon may be set up, lets the views know while it is not, and tidies up once it runs. */
export function askForSetUp(ctx: Ctx, memory: vscode.Memento): vscode.Disposable {
  let asked = false;
  return ctx.daemon.onState((state) => {
    const missing = state.kind === "failed" && state.error instanceof NotSetUp;
    if (state.kind !== "starting" && state.kind !== "restarting") {
      void vscode.commands.executeCommand("setContext", "tunesmith.notSetUp", missing);
    }
    if (missing && !asked && !memory.get(DECLINED)) {
      asked = true;
      void ask(ctx, memory);
    }
    if (state.kind === "running") {
      ctx.environment.removeOthers().catch((error: unknown) => {
        ctx.output.error(`Environments of earlier versions were not removed: ${String(error)}`);
      });
    }
  });
}

async function ask(ctx: Ctx, memory: vscode.Memento): Promise<void> {
  const message = vscode.l10n.t(
    "Set up Tunesmith? Its daemon gets a Python environment of its own in the extension's storage, about 100 MB, from what the extension carries. Nothing is downloaded, and your own environments are not touched.",
  );
  const notNow = vscode.l10n.t("Not Now");
  const actions = [setUpAction(), choosePythonAction()];
  try {
    const titles = actions.map(({ title }) => title);
    const answer = await vscode.window.showInformationMessage(message, ...titles, notNow);
    if (answer === notNow) {
      await memory.update(DECLINED, true);
    }
    await actions.find(({ title }) => title === answer)?.run();
  } catch (error) {
    void report(ctx.output, "set up", error);
  }
}
