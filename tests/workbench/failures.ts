/** What was to be seen when a test failed: a picture of each window in .cache/failures, and its text in the log. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach } from "vitest";
import { CACHE } from "../../.ci/setup/paths.mjs";
import { openWindows } from "./windows.ts";

const FOLDER = join(CACHE, "failures");
const WITHIN_MS = 5_000;
const MOST_CHARACTERS = 3_000;

async function describe(page: Page, path: string): Promise<string> {
  await page.screenshot({ path, timeout: WITHIN_MS, animations: "disabled" });
  const text = await page.locator("body").innerText({ timeout: WITHIN_MS });
  return `${path}\n${text.replace(/\s*\n\s*/g, " ⏎ ").slice(0, MOST_CHARACTERS)}`;
}

afterEach(async ({ task }) => {
  if (task.result?.state !== "fail") return;
  mkdirSync(FOLDER, { recursive: true });
  const name = task.name.replace(/\W+/g, "-").slice(0, 60);
  for (const [index, page] of openWindows().entries()) {
    const seen = await describe(page, join(FOLDER, `${name}-${index}.png`)).catch(
      (error: Error) => `The window cannot be pictured: ${error.message}`,
    );
    console.error(`Seen when "${task.name}" failed: ${seen}`);
  }
});
