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

const OFFERED_WITHIN_MS = 60_000;

/** Puts the caret on the problem and applies the quick fix with this title. */
export async function applyQuickFix(
  page: Page,
  problem: string | RegExp,
  fix: string | RegExp,
): Promise<void> {
  const offer = page.locator(".action-widget").getByRole("option").filter({ hasText: fix }).first();
  // The editor drops a request for fixes when its caret moves once more, and shows nothing: ask again then.
  for (const until = Date.now() + OFFERED_WITHIN_MS; !(await offer.isVisible()); ) {
    if (Date.now() > until) throw new Error(`No quick fix ${fix} is offered for ${problem}`);
    await page.keyboard.press("Escape");
    // On the message: its code is a link to the page of the rule.
    await (await waitForProblem(page, problem)).dblclick({ position: { x: 100, y: 10 } });
    await page.locator(".monaco-editor.focused").waitFor();
    await page.keyboard.press("ControlOrMeta+.");
    await offer.waitFor({ timeout: 4_000 }).catch(() => undefined);
  }
  await offer.click();
}
