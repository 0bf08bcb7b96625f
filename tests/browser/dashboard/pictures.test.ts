/** Pictures of the dashboard in each theme and width, to be looked at; and that no page complains while it draws. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SCREENSHOTS } from "../../../.ci/setup/paths.mjs";
import { launchBrowser } from "../../workbench/browser.ts";
import { LIVE } from "./history.ts";
import { drawnStep, hover, openDashboard, twoFrames } from "./page.ts";
import { type Site, serveDashboard } from "./site.ts";
import type { ThemeName } from "./themes.ts";

let browser: Browser;
let site: Site;

beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), serveDashboard()]);
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

const SIZES: [width: number, height: number][] = [
  [1400, 850],
  [800, 850],
  [480, 900],
  [280, 900],
];

for (const theme of ["dark", "light", "high-contrast"] satisfies ThemeName[]) {
  test.each(SIZES)(`${theme} at %i × %i`, async (width, height) => {
    const { page, complaints } = await openDashboard(browser, site, { width, height, theme });
    await expect.poll(() => drawnStep(page, LIVE, "train/loss")).toBe(840);
    await hover(page, "train/loss", 0.47);
    await picture(page, `dashboard-page-${width}-${theme}`);
    expect(complaints).toEqual([]);
    expect(await cutOff(page)).toEqual([]);
    await page.close();
  });
}

/** Parts of the page that reach beyond its right edge. */
function cutOff(page: Page): Promise<string[]> {
  return page
    .locator(".toolbar > *, .runs-table, .runs-table th, .chart")
    .evaluateAll((parts) =>
      parts
        .filter((part) => part.getBoundingClientRect().right > innerWidth + 0.5)
        .map((part) => `${part.tagName} ${part.className}`),
    );
}

async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await twoFrames(page);
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), animations: "disabled", caret: "hide" });
}
