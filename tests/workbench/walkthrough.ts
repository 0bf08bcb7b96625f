/** The walkthrough, as VS Code's welcome page shows it. */
import type { Locator, Page } from "playwright-core";

const PICTURED_WITHIN_MS = 60_000;

/** The step with this title. */
export const walkthroughStep = (page: Page, title: string): Locator =>
  page
    .locator(".gettingStartedContainer .getting-started-step")
    .filter({ has: page.locator(".step-title", { hasText: new RegExp(`^${title}$`) }) });

const tick = (page: Page, title: string): Locator =>
  walkthroughStep(page, title).locator(".codicon-getting-started-step-checked");

/** Waits until the step is ticked off. */
export async function waitUntilDone(page: Page, title: string): Promise<void> {
  await tick(page, title).waitFor();
}

export async function isDone(page: Page, title: string): Promise<boolean> {
  return (await tick(page, title).count()) > 0;
}

/** Waits until the picture beside the steps has this word in it; pictures are drawn in frames of their own. */
export async function waitUntilPictured(page: Page, word: string): Promise<void> {
  const shown = async (): Promise<boolean> => {
    const frames = page.frames().map((frame) => frame.locator("svg text", { hasText: word }).first());
    const seen = await Promise.all(frames.map((text) => text.isVisible().catch(() => false)));
    return seen.includes(true);
  };
  for (const until = Date.now() + PICTURED_WITHIN_MS; !(await shown()); ) {
    if (Date.now() > until) throw new Error(`No picture shows "${word}"`);
    await page.waitForTimeout(100);
  }
}
