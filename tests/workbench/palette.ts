/** The command palette and quick open. A row is waited for and clicked: Enter would race with the list. */
import { basename } from "node:path";
import type { Page } from "playwright-core";

const quickInput = (page: Page) => page.locator(".quick-input-widget");

const LISTED_WITHIN_MS = 60_000;
const ASKED_AGAIN_AFTER_MS = 4_000;

/** Filters the open quick input and clicks the row; false when it is not listed in time. */
async function choose(page: Page, query: string, row: string | RegExp, within: number): Promise<boolean> {
  const input = quickInput(page).getByRole("textbox");
  const option = quickInput(page).getByRole("option", { name: row }).first();
  for (const until = Date.now() + within; !(await option.isVisible()); ) {
    if (Date.now() > until) return false;
    // An input that opens sets its own text once more, which can come after ours.
    if ((await input.isVisible()) && (await input.inputValue()) !== query) await input.fill(query);
    await page.waitForTimeout(50);
  }
  // A page that takes the focus just now closes the input, and the row with it.
  return option.click({ timeout: ASKED_AGAIN_AFTER_MS }).then(
    () => true,
    () => false,
  );
}

/** Opens a quick input with `key` and chooses: one that opened before its rows were known never lists them. */
async function openAndChoose(page: Page, key: string, query: string, row: RegExp): Promise<void> {
  for (const until = Date.now() + LISTED_WITHIN_MS; ; ) {
    await page.keyboard.press(key);
    if (await choose(page, query, row, ASKED_AGAIN_AFTER_MS)) return;
    if (Date.now() > until) throw new Error(`No row ${row} is listed for "${query}"`);
    await page.keyboard.press("Escape");
  }
}

/** Chooses in a quick input that is open already, and waits until it is closed. */
export async function pick(page: Page, query: string, row: string | RegExp): Promise<void> {
  if (!(await choose(page, query, row, LISTED_WITHIN_MS)))
    throw new Error(`No row ${row} is listed for "${query}"`);
  await quickInput(page).waitFor({ state: "hidden" });
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Runs the command that the palette lists under exactly this label; it may itself open a quick input. */
export async function runCommand(page: Page, label: string, { opensAnother = false } = {}): Promise<void> {
  await openAndChoose(page, "F1", `>${label}`, new RegExp(`^${escaped(label)}(,|$)`));
  if (!opensAnother) await quickInput(page).waitFor({ state: "hidden" });
}

/** Opens a file of the workspace: its name, or as much of its path as tells it from others. */
export async function openFile(page: Page, path: string): Promise<void> {
  const name = basename(path);
  await openAndChoose(page, "ControlOrMeta+P", path, new RegExp(`^${escaped(name)}(,| )`));
  await quickInput(page).waitFor({ state: "hidden" });
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
