/** The walkthrough, as VS Code's welcome page shows it. */
import type { Locator, Page } from "playwright-core";

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
