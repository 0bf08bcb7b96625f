/** The command palette and quick open. A row is waited for and clicked: Enter would race with the list. */
import { basename } from "node:path";
import type { Page } from "playwright-core";

const quickInput = (page: Page) => page.locator(".quick-input-widget");

const LISTED_WITHIN_MS = 60_000;
const ASKED_AGAIN_AFTER_MS = 4_000;
/** Given up too soon, a click may have been done all the same, and its command would be run twice. */
const CLICKED_WITHIN_MS = 15_000;

const rowOf = (page: Page, name: string | RegExp) => quickInput(page).getByRole("option", { name }).first();

/** Filters the open quick input until the row is listed; false when it is not in time, or the input closes. */
async function list(page: Page, query: string, row: string | RegExp, within: number): Promise<boolean> {
  const input = quickInput(page).getByRole("textbox");
  // An input that opens sets its own text once more, which can come after ours.
  const filter = async () => {
    if ((await input.inputValue({ timeout: within })) !== query) await input.fill(query, { timeout: within });
  };
  for (const until = Date.now() + within; Date.now() < until; await page.waitForTimeout(50)) {
    if (!(await input.isVisible())) continue;
    // It may close under our hands: the caller opens it again.
    if (!(await succeeds(filter()))) return false;
    if (await rowOf(page, row).isVisible()) return true;
  }
  return false;
}

/** Lists the row and clicks it. A page that takes the focus just then closes the input, and the row with it. */
async function choose(page: Page, query: string, row: string | RegExp, within: number): Promise<boolean> {
  return (
    (await list(page, query, row, within)) && succeeds(rowOf(page, row).click({ timeout: CLICKED_WITHIN_MS }))
  );
}

const succeeds = (action: Promise<void>): Promise<boolean> =>
  action.then(
    () => true,
    () => false,
  );

/** What is seen in place of the row that was asked for. */
async function complaint(page: Page, query: string, row: string | RegExp): Promise<string> {
  const focus = await page.evaluate(() => {
    const { tagName, className } = document.activeElement ?? document.body;
    return `${tagName}.${className}`;
  });
  const shown = await quickInput(page)
    .ariaSnapshot({ timeout: ASKED_AGAIN_AFTER_MS })
    .catch(() => "no quick input");
  const notices = await page.locator(".notification-toast, .monaco-dialog-box").allInnerTexts();
  const tabs = await page.getByRole("tab", { selected: true }).allInnerTexts();
  return [
    `No row ${row} is listed for "${query}".`,
    `Open: ${tabs.join(", ")}. Focus: ${focus}. Notices: ${notices.join(" | ") || "none"}. Shown:`,
    shown,
  ].join("\n");
}

/** Opens a quick input with `key` and acts: one that opened before its rows were known never lists them. */
async function open(
  page: Page,
  key: string,
  act: typeof list | typeof choose,
  query: string,
  row: RegExp,
): Promise<void> {
  for (const until = Date.now() + LISTED_WITHIN_MS; ; ) {
    await page.keyboard.press(key);
    if (await act(page, query, row, ASKED_AGAIN_AFTER_MS)) return;
    if (Date.now() > until) throw new Error(await complaint(page, query, row));
    await close(page);
  }
}

/** Escape closes it when it has the focus by then; whoever opens it next fills it anew in any case. */
async function close(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await succeeds(quickInput(page).waitFor({ state: "hidden", timeout: ASKED_AGAIN_AFTER_MS }));
}

/** Chooses in a quick input that is open already, and waits until it is closed. */
export async function pick(page: Page, query: string, row: string | RegExp): Promise<void> {
  if (!(await choose(page, query, row, LISTED_WITHIN_MS))) throw new Error(await complaint(page, query, row));
  await quickInput(page).waitFor({ state: "hidden" });
}

/** The same for who can tell by what comes of it, and opens it again: a page that takes the focus closes it. */
export async function tryToPick(page: Page, query: string, row: string | RegExp): Promise<void> {
  if (await choose(page, query, row, ASKED_AGAIN_AFTER_MS))
    await succeeds(quickInput(page).waitFor({ state: "hidden", timeout: ASKED_AGAIN_AFTER_MS }));
  else await close(page);
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Runs the command that the palette lists under exactly this label; it may itself open a quick input. */
export async function runCommand(page: Page, label: string, { opensAnother = false } = {}): Promise<void> {
  await open(page, "F1", choose, `>${label}`, new RegExp(`^${escaped(label)}(,|$)`));
  if (!opensAnother) await quickInput(page).waitFor({ state: "hidden" });
}

/** Opens a file of the workspace: its name, or as much of its path as tells it from others. */
export async function openFile(page: Page, path: string): Promise<void> {
  const name = basename(path);
  await open(page, "ControlOrMeta+P", choose, path, new RegExp(`^${escaped(name)}(,| )`));
  await quickInput(page).waitFor({ state: "hidden" });
  await page.getByRole("tab", { name, exact: false, selected: true }).waitFor();
}

/** The labels that the palette offers for `query`; for what must or must not be there. */
export async function commandsFor(page: Page, query: string): Promise<string[]> {
  await open(page, "F1", list, `>${query}`, new RegExp(escaped(query), "i"));
  const labels = new Set<string>();
  // Only the rows that are in view are in the page; the first key goes to the last of them.
  for (let withoutNew = 0; withoutNew < 2; ) {
    const before = labels.size;
    for (const label of await labelsInView(page)) labels.add(label);
    withoutNew = labels.size > before ? 0 : withoutNew + 1;
    await page.keyboard.press("PageDown");
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
  }
  await close(page);
  return [...labels].map((label) => label.split(", ")[0] ?? "");
}

const labelsInView = (page: Page): Promise<string[]> =>
  quickInput(page)
    .getByRole("option")
    .evaluateAll((rows) => rows.map((row) => row.getAttribute("aria-label") ?? ""));
