import * as vscode from "vscode";
import type { Action } from "../failure";
import { RECIPE_FILES } from "../recipes";

/** The codes of findings about the environment. */
const ABOUT_ENVIRONMENT = /^TN9/;

export const isAboutEnvironment = ({ code }: { code: string }): boolean => ABOUT_ENVIRONMENT.test(code);

/** Whether the daemon refused something that another interpreter would mend. */
export function wantsInterpreter(error: unknown): boolean {
  return (error as { data?: { about?: string } } | undefined)?.data?.about === "interpreter";
}

/** What can be done about an interpreter that nothing can be trained with. */
export function interpreterActions(): Action[] {
  return [
    {
      title: vscode.l10n.t("Select Training Interpreter"),
      run: () => vscode.commands.executeCommand("tunesmith.selectInterpreter"),
    },
    {
      title: vscode.l10n.t("Check Environment"),
      run: () => vscode.commands.executeCommand("tunesmith.checkEnvironment"),
    },
  ];
}

/** The same as quick fixes, where a recipe shows what is wrong with its interpreter. */
export function interpreterFixes(): vscode.Disposable {
  const provider: vscode.CodeActionProvider = {
    provideCodeActions(_document, _range, { diagnostics }) {
      const about = diagnostics.filter(({ code }) => ABOUT_ENVIRONMENT.test(codeOf(code)));
      return about.length === 0 ? [] : fixes(about);
    },
  };
  const kinds = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] };
  const recipes = { scheme: "file", pattern: RECIPE_FILES };
  return vscode.languages.registerCodeActionsProvider(recipes, provider, kinds);
}

function fixes(diagnostics: vscode.Diagnostic[]): vscode.CodeAction[] {
  const commands = ["tunesmith.selectInterpreter", "tunesmith.checkEnvironment"];
  return interpreterActions().map(({ title }, index) => {
    const fix = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    fix.command = { title, command: commands[index] ?? "" };
    fix.diagnostics = diagnostics;
    fix.isPreferred = index === 0;
    return fix;
  });
}

function codeOf(code: vscode.Diagnostic["code"]): string {
  return String(typeof code === "object" ? code.value : code);
}
