/** The Problems view, and the quick fixes at a problem. */
import type { Locator, Page } from "playwright-core";
import { runCommand } from "./palette.ts";

const panel = (page: Page) => page.locator(".part.panel .markers-panel");

export async function showProblems(page: Page): Promise<void> {
  if (await panel(page).isVisible()) return;
  await runCommand(page, "Problems: Focus on Problems View");
  await panel(page).waitFor();
}

/** The row of a problem, once it is listed. */
export async function waitForProblem(page: Page, text: string | RegExp): Promise<Locator> {
  await showProblems(page);
  const row = panel(page).getByRole("treeitem").filter({ hasText: text }).last();
  await row.waitFor();
  return row;
}

export async function waitForNoProblem(page: Page, text: string | RegExp): Promise<void> {
  await showProblems(page);
  await panel(page).getByRole("treeitem").filter({ hasText: text }).first().waitFor({ state: "detached" });
}

/** Puts the caret on the problem and applies the quick fix with this title. */
export async function applyQuickFix(
  page: Page,
  problem: string | RegExp,
  fix: string | RegExp,
): Promise<void> {
  await (await waitForProblem(page, problem)).dblclick();
  await page.locator(".monaco-editor.focused").waitFor();
  await page.keyboard.press("ControlOrMeta+.");
  await page.locator(".action-widget").getByRole("option").filter({ hasText: fix }).first().click();
}
