// The living runs to choose from, each with what is wanted of it most.
import * as vscode from "vscode";
import type { Ctx } from "../ctx";
import { runRow } from "./pick";

interface Row extends vscode.QuickPickItem {
  id: string;
}

interface Button extends vscode.QuickInputButton {
  command: string;
}

/** Shows the dashboard of the one that is chosen, or does what its button says; the list follows the runs. */
export async function pickLive(ctx: Ctx): Promise<void> {
  const list = vscode.window.createQuickPick<Row>();
  list.placeholder = vscode.l10n.t("Open the dashboard of which run?");
  list.matchOnDescription = true;
  list.keepScrollPosition = true;
  const fill = (): void => {
    const active = list.activeItems[0]?.id;
    list.items = ctx.runs.alive().map((run) => ({ ...runRow(ctx, run), id: run.id, buttons: buttons() }));
    if (active !== undefined) {
      list.activeItems = list.items.filter(({ id }) => id === active);
    }
  };
  fill();
  const listening = ctx.runs.onChange(fill);
  const act = (command: string, id: string): void => {
    list.hide();
    void vscode.commands.executeCommand(command, id);
  };
  list.onDidAccept(() => {
    const chosen = list.selectedItems[0];
    if (chosen !== undefined) {
      act("tunesmith.openDashboard", chosen.id);
    }
  });
  list.onDidTriggerItemButton(({ item, button }) => act((button as Button).command, item.id));
  await new Promise<void>((resolve) => {
    list.onDidHide(() => resolve());
    list.show();
  });
  listening.dispose();
  list.dispose();
}

function buttons(): Button[] {
  return [
    {
      iconPath: new vscode.ThemeIcon("output"),
      tooltip: vscode.l10n.t("Show Log"),
      command: "tunesmith.showLog",
    },
    {
      iconPath: new vscode.ThemeIcon("debug-stop"),
      tooltip: vscode.l10n.t("Stop Run"),
      command: "tunesmith.stop",
    },
  ];
}
