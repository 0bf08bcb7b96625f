import * as vscode from "vscode";

/** How long the editor may take to hand a restored tab to its serializer. */
const REVIVAL_MS = 5000;

/** The tabs of a panel type. Without a panel behind it a tab is waiting to be revived, or its page was orphaned. */
export function tabsOf(viewType: string): vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(viewType));
}

/**
 * Calls `replace` when a tab is in view that nobody serves. After the extension host died, the editor keeps the page
 * as it was and never revives it: it would look alive and stand still.
 */
export function onOrphan(viewType: string, served: () => boolean, replace: () => void): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!served() && tabsOf(viewType).some((tab) => tab.isActive)) {
        replace();
      }
    }, REVIVAL_MS);
  };
  look();
  const listening = vscode.window.tabGroups.onDidChangeTabs(look);
  return vscode.Disposable.from(listening, { dispose: () => clearTimeout(timer) });
}
