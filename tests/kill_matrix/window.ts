/**
 * A window of the real workbench that does what it is told, an order a line of JSON: the matrix drives it, and
 * has it killed. Under the workbench's Node, which reads TypeScript: `node window.ts FOLDER`.
 */
import { createInterface } from "node:readline";
import type { Page } from "playwright-core";
import { dashboard, waitUntilDrawn } from "../workbench/dashboard.ts";
import { openFile, runCommand } from "../workbench/palette.ts";
import { descendants, extensionHost, isAlive, waitUntilGone } from "../workbench/processes.ts";
import { startWorkbench } from "../workbench/workbench.ts";

const PATIENCE_MS = 240_000;
const folder = process.argv[2] ?? "";
const workbench = await startWorkbench({ folder });
let page: Page = await workbench.open();

const row = (state = "") => page.getByRole("treeitem", { name: new RegExp(`^\\S+ #\\w{4}, ${state}`) });

/** What each order does, and what is replied. */
const ORDERS: Record<string, (word: string) => Promise<object>> = {
  /** Press Train on the recipe of this name. */
  train: async (recipe) => {
    await openFile(page, recipe);
    await runCommand(page, "Tunesmith: Train");
    return {};
  },
  /** SIGKILL; `below` are the processes that it had started, which have nobody to work for any more. */
  kill: async (victim) => {
    const killed = victim === "code-server" ? codeServer() : [await extensionHost(workbench.server)];
    const below = killed.flatMap((pid) => descendants(pid)).map(({ pid }) => pid);
    for (const pid of killed) process.kill(pid, "SIGKILL");
    await waitUntilGone(killed);
    return { below: below.filter((pid) => !killed.includes(pid)) };
  },
  /** Another window on the folder, and another server where that is dead; until its status bar has the run. */
  reopen: async () => {
    await page.close();
    if (!isAlive(workbench.server.pid)) await workbench.restart();
    page = await workbench.open();
    const since = Date.now();
    await page
      .locator(".statusbar")
      .getByText(/#\w{4} · /)
      .waitFor({ timeout: PATIENCE_MS });
    return { seconds: (Date.now() - since) / 1000 };
  },
  /** Click on the view: which state its row shows first, and after how many seconds. */
  look: async () => {
    const icon = page.locator(".activitybar").getByRole("tab", { name: /^Tunesmith/ });
    await icon.click();
    const since = Date.now();
    await row().first().waitFor({ timeout: PATIENCE_MS });
    const shown = await row().first().getAttribute("aria-label");
    return { shown, seconds: (Date.now() - since) / 1000 };
  },
  /** Wait until the row shows this state. */
  until: async (state) => {
    await row(state).first().waitFor({ timeout: PATIENCE_MS });
    return {};
  },
  /** Wait until the dashboard has drawn this step of the loss; how many points its chart has. */
  points: async (step) => {
    await runCommand(page, "Tunesmith: Open Dashboard");
    await waitUntilDrawn(page, "train/loss", Number(step), PATIENCE_MS);
    const cells = dashboard(page).locator('.chart[data-tag="train/loss"] tbody tr td');
    return { points: Number(await cells.first().textContent()) };
  },
};

/** The server and the process that watches it: neither gets to end what it has started. */
const codeServer = () => [
  workbench.server.pid,
  ...descendants(workbench.server.pid)
    .filter(({ parent }) => parent === workbench.server.pid)
    .map(({ pid }) => pid),
];

const reply = (said: object) => process.stdout.write(`${JSON.stringify(said)}\n`);

reply({});
for await (const line of createInterface({ input: process.stdin })) {
  const [order = "", word = ""] = JSON.parse(line) as [string, string];
  try {
    reply((await ORDERS[order]?.(word)) ?? { error: `no order is called ${order}` });
  } catch (error) {
    reply({ error: `${order} ${word}: ${(error as Error).message}` });
  }
}
await workbench.close();
