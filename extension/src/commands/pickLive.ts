// The living runs to choose from, each with what is wanted of it most.
import * as vscode from "vscode";
import { runLabel } from "../../shared/format";
import type { Ctx } from "../ctx";
import { description } from "../views/words";

interface Row extends vscode.QuickPickItem {
  id: string;
}

interface Button extends vscode.QuickInputButton {
  command: string;
}

/** Shows the dashboard of the one that is chosen, or does what its button says; the list follows the runs. */
export async function pickLive({ runs }: Ctx): Promise<void> {
  const list = vscode.window.createQuickPick<Row>();
  list.placeholder = vscode.l10n.t("Which run?");
  list.matchOnDescription = true;
  list.keepScrollPosition = true;
  const fill = (): void => {
    const active = list.activeItems[0]?.id;
    list.items = runs.alive().map((run) => ({
      id: run.id,
      label: runLabel(run),
      description: description(run),
      buttons: buttons(),
    }));
    list.activeItems = list.items.filter(({ id }) => id === active);
  };
  fill();
  const listening = runs.onChange(fill);
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
