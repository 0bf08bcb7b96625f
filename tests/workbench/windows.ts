/** The windows that are open: what is looked at when something fails. */
import type { Page } from "playwright-core";

const windows = new Set<Page>();

export const openWindows = (): Page[] => [...windows];

/** Have this window looked at when a test fails while it is open. */
export function watchWindow(page: Page): void {
  windows.add(page);
  page.once("close", () => windows.delete(page));
}
