/** What only a real editor can show of the tree: from the click on its icon to the rows. */
import type { Page } from "playwright-core";
import { startWorkbench } from "../workbench/workbench.ts";

const ROUNDS = 5;
const WITHIN_MS = 60_000;

/** Milliseconds in windows that know of the runs, and have not shown them yet. */
export async function openings(
  folder: string,
  alive: number,
  say: (line: string) => void,
): Promise<number[]> {
  const workbench = await startWorkbench({ folder });
  try {
    const rounds: number[] = [];
    while (rounds.length < ROUNDS) {
      const page = await workbench.open();
      rounds.push(await opening(page, alive));
      say(`window ${rounds.length} of ${ROUNDS}: ${rounds.at(-1)?.toFixed(0)} ms from click to rows`);
      // The next window opens as this one is left.
      await icon(page, "Explorer").click();
      await page
        .getByRole("treeitem", { name: /train\.yaml/ })
        .first()
        .waitFor();
      await page.close();
    }
    return rounds;
  } finally {
    await workbench.close();
  }
}

const icon = (page: Page, name: string) =>
  page.locator(".activitybar").getByRole("tab", { name: new RegExp(`^${name}`) });

async function opening(page: Page, alive: number): Promise<number> {
  // The status bar counts the others that live: the list has come.
  await page
    .locator(".statusbar")
    .getByText(`+${alive - 1}`)
    .waitFor({ timeout: WITHIN_MS });
  const drawn = page.evaluate(
    (least) =>
      new Promise<number>((resolve) => {
        const rows = '.pane-body [role="treeitem"][aria-label*="Running"]';
        const begin = () => {
          const began = performance.now();
          const look = () => {
            const there = document.querySelectorAll(rows).length >= least;
            if (there) resolve(performance.now() - began);
            else requestAnimationFrame(look);
          };
          look();
        };
        document.addEventListener("pointerdown", begin, { once: true, capture: true });
      }),
    alive,
  );
  await icon(page, "Tunesmith").click();
  return drawn;
}
