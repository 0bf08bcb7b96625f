/** The dashboard's page, seen as a reader sees it: through what its charts have drawn. */
import type { FrameLocator, Page } from "playwright-core";

/** What the page says of its drawing: for each run and tag the last step that is on the canvas. */
type Drawn = Record<string, Record<string, { step: number; at: number }>>;

export const dashboard = (page: Page): FrameLocator =>
  page.frameLocator("iframe.webview").frameLocator("iframe#active-frame");

export async function drawn(page: Page): Promise<Drawn> {
  return dashboard(page)
    .locator("body")
    .evaluate(() => (globalThis as unknown as { __tunesmith?: { drawn: Drawn } }).__tunesmith?.drawn ?? {});
}

/** Waits until a run's chart of `tag` shows `step` or a later one; returns the run's id. */
export async function waitUntilDrawn(page: Page, tag: string, step: number, within: number): Promise<string> {
  let seen: Drawn = {};
  for (const until = Date.now() + within; Date.now() < until; ) {
    seen = await drawn(page);
    const found = Object.entries(seen).find(([, tags]) => (tags[tag]?.step ?? -1) >= step);
    if (found) return found[0];
    await page.waitForTimeout(100);
  }
  throw new Error(
    `No chart of ${tag} reached step ${step} within ${within} ms. Drawn: ${JSON.stringify(seen)}`,
  );
}
