/** The command palette and quick open. A row is waited for and clicked: Enter would race with the list. */
import type { Page } from "playwright-core";

const quickInput = (page: Page) => page.locator(".quick-input-widget");

const LISTED_WITHIN_MS = 30_000;

/** Filters the open quick input and clicks the row; another quick input may follow. */
async function choose(page: Page, query: string, row: string | RegExp): Promise<void> {
  const input = quickInput(page).getByRole("textbox");
  const option = quickInput(page).getByRole("option", { name: row }).first();
  // An input that opens sets its own text once more, which can come after ours.
  for (const until = Date.now() + LISTED_WITHIN_MS; !(await option.isVisible()); ) {
    if (Date.now() > until) throw new Error(`No row ${row} is listed for "${query}"`);
    if ((await input.inputValue()) !== query) await input.fill(query);
    await page.waitForTimeout(50);
  }
  await option.click();
}

export async function pick(page: Page, query: string, row: string | RegExp): Promise<void> {
  await choose(page, query, row);
  await quickInput(page).waitFor({ state: "hidden" });
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Runs the command that the palette lists under exactly this label; it may itself open a quick input. */
export async function runCommand(page: Page, label: string, { opensAnother = false } = {}): Promise<void> {
  await page.keyboard.press("F1");
  await (opensAnother ? choose : pick)(page, `>${label}`, new RegExp(`^${escaped(label)}(,|$)`));
}

/** Opens the one file of the workspace with this name. */
export async function openFile(page: Page, name: string): Promise<void> {
  await page.keyboard.press("ControlOrMeta+P");
  await pick(page, name, new RegExp(`^${escaped(name)}(,| )`));
  await page.getByRole("tab", { name, exact: false, selected: true }).waitFor();
}

/** The labels that the palette offers for `query`; for what must or must not be there. */
export async function commandsFor(page: Page, query: string): Promise<string[]> {
  await page.keyboard.press("F1");
  const input = quickInput(page).getByRole("textbox");
  await input.fill(`>${query}`);
  await quickInput(page)
    .getByRole("option", { name: new RegExp(escaped(query), "i") })
    .first()
    .waitFor();
  const labels = await quickInput(page)
    .getByRole("option")
    .evaluateAll((rows) => rows.map((row) => row.getAttribute("aria-label") ?? ""));
  await page.keyboard.press("Escape");
  return labels.map((label) => label.split(", ")[0] ?? "");
}
