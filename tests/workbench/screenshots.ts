/** Pictures of the window, kept in .cache/screenshots; `npm run pictures` takes those that the README shows. */
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Page } from "playwright-core";
import { SCREENSHOTS } from "../../.ci/setup/paths.mjs";
import { THEMES, type Theme, wear } from "./theme.ts";

/** `<name>-light.png` and `<name>-dark.png`; ends in the light theme. */
export async function takeInBothThemes(page: Page, name: string): Promise<void> {
  for (const theme of Object.keys(THEMES).reverse() as Theme[]) {
    await wear(page, theme);
    await take(page, `${name}-${theme}`);
  }
}

/** The pointer is moved away first, and two frames are let pass, so that no hover or half-drawn canvas is kept. */
export async function take(page: Page, name: string): Promise<string> {
  const path = join(SCREENSHOTS, `${name}.png`);
  mkdirSync(dirname(path), { recursive: true });
  await page.mouse.move(700, 2);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.screenshot({ path, animations: "disabled", caret: "hide" });
  return path;
}
