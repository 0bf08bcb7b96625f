/** The text editor that has the focus. */
import type { Locator, Page } from "playwright-core";

export const editor = (page: Page): Locator =>
  page.locator(".editor-group-container.active .monaco-editor").first();

/** Puts the caret at a 1-based line and column. */
export async function goTo(page: Page, line: number, column = 1): Promise<void> {
  // A click could meet a lens above the first line.
  await focus(page);
  await page.keyboard.press("Control+G");
  const input = page.locator(".quick-input-widget").getByRole("textbox");
  await input.fill(`:${line}:${column}`);
  await page.keyboard.press("Enter");
  await page.locator(".quick-input-widget").waitFor({ state: "hidden" });
  // The first keys of who types before it has the focus back are lost.
  await page.locator(".editor-group-container.active .monaco-editor.focused").first().waitFor();
  await page.getByRole("button", { name: new RegExp(`Ln ${line}, Col ${column}`) }).waitFor();
}

/** Types as a person does: what completion and bracket pairing do while typing happens. */
export async function type(page: Page, text: string): Promise<void> {
  await page.keyboard.type(text, { delay: 20 });
}

/** Saves, and waits until the tab is no longer marked as changed. */
export async function save(page: Page): Promise<void> {
  await page.keyboard.press("ControlOrMeta+S");
  await page.locator(".editor-group-container.active .tab.active:not(.dirty)").waitFor();
}

/** What is seen in it, line by line, with what the editor itself writes between the words. */
export async function lines(page: Page): Promise<string[]> {
  const shown = await editor(page)
    .locator(".view-line")
    .evaluateAll((all) =>
      all.map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent ?? "" })),
    );
  return shown.sort((a, b) => a.top - b.top).map(({ text }) => text.replaceAll("\u00a0", " "));
}

/** An editor that lost the focus before it asked for its lenses asks when it has the focus again. */
export async function clickCodeLens(page: Page, title: string): Promise<void> {
  await focus(page);
  await codeLens(page, title).first().click();
}

const focus = (page: Page): Promise<void> =>
  editor(page).locator(".native-edit-context, textarea.inputarea").first().focus();

const codeLens = (page: Page, title: string): Locator =>
  editor(page).locator(".codelens-decoration a").filter({ hasText: title });
