// The page of a rule, one click away from what it found.
import * as vscode from "vscode";
import type { Daemon } from "./client";

const RULE = "tunesmith-rule";

/** Where the daemon says that a rule's page is. */
export const RULE_PAGES = `${RULE}:/{code}.md`;

export function provideRulePages(daemon: Daemon): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(RULE, {
    async provideTextDocumentContent({ path }) {
      const code = path.replace(/^\//, "").replace(/\.md$/, "");
      return (await daemon.request("tunesmith/rules/page", { code })).text;
    },
  });
}
