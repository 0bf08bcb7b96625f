/** One window of the workbench: a page on a folder, with all that is needed to say why it did not come up. */
import type { Browser, Page } from "playwright-core";
import type { CodeServer } from "../../.ci/workbench/code-server.mjs";
import { watchWindow } from "./windows.ts";

export const WINDOW_SIZE = { width: 1400, height: 900 };
const UP_WITHIN_MS = 60_000;
/** Patience of every later step: the machine may train a model at the same time. */
const STEP_WITHIN_MS = 60_000;

/** What the page complained about, newest last. */
function collectComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  return complaints;
}

export async function openWindow(browser: Browser, server: CodeServer, folder: string): Promise<Page> {
  const page = await browser.newPage({ viewport: WINDOW_SIZE });
  watchWindow(page);
  page.setDefaultTimeout(STEP_WITHIN_MS);
  const complaints = collectComplaints(page);
  try {
    const kind = folder.endsWith(".code-workspace") ? "workspace" : "folder";
    await page.goto(`${server.origin}/?${kind}=${encodeURIComponent(folder)}`, { waitUntil: "commit" });
    await page.locator(".monaco-workbench").waitFor({ timeout: UP_WITHIN_MS });
    await page.getByRole("treeitem").first().waitFor({ timeout: UP_WITHIN_MS });
  } catch (error) {
    const said = [
      `The workbench did not come up on ${folder}.`,
      `Dialogs: ${(await page.locator(".monaco-dialog-box, .fatal-error").allInnerTexts()).join(" | ") || "none"}`,
      `Page: ${complaints.slice(-10).join("\n") || "no error"}`,
      `Server:\n${server.log().split("\n").slice(-40).join("\n")}`,
    ];
    throw new Error(said.join("\n"), { cause: error });
  }
  return page;
}
