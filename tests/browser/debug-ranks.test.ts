/** The debugger in a script of the user's on two ranks: from its first line, and later in a running training. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clickCodeLens, goTo } from "../workbench/editor.ts";
import { openFile, runCommand } from "../workbench/palette.ts";
import { onlyRun, processesOf } from "../workbench/runs.ts";
import { takeInBothThemes } from "../workbench/screenshots.ts";
import { startWorkbench, type Workbench } from "../workbench/workbench.ts";
import { copySample, type Workspace } from "../workbench/workspace.ts";

const LOADED_WITHIN_MS = 120_000;
const RECIPE = "own-script.train.yaml";

let workspace: Workspace;
let workbench: Workbench;
let page: Page;

beforeAll(async () => {
  workspace = copySample("own-script");
  const recipe = join(workspace.folder, RECIPE);
  writeFileSync(recipe, readFileSync(recipe, "utf8").replace(/epochs: \d+/, "epochs: 100000"));
  workbench = await startWorkbench({ folder: workspace.folder });
  page = await workbench.open();
});

afterAll(async () => {
  await workbench?.close();
  workspace?.remove();
});

const callStack = () => page.locator(".debug-call-stack");

const standsAs = (rank: number) => `Session rank ${rank} Paused on breakpoint`;

/** The row of a rank that stands at a breakpoint, under the session of all ranks. */
const standing = (rank: number) => callStack().getByRole("row", { name: standsAs(rank) });

/** The line of the script that holds `code`. */
function lineOf(code: string): number {
  const lines = readFileSync(join(workspace.folder, "train.py"), "utf8").split("\n");
  return 1 + lines.findIndex((line) => line.includes(code));
}

async function toggleBreakpoint(code: string): Promise<void> {
  await openFile(page, "train.py");
  await goTo(page, lineOf(code));
  await page.keyboard.press("F9");
}

async function bothStand(): Promise<void> {
  for (const rank of [0, 1]) await standing(rank).waitFor({ timeout: LOADED_WITHIN_MS });
}

/**
 * The sessions of the ranks as the call stack tells them. A rank that passed the line just before it got the
 * breakpoint waits in all-reduce: both come to it when the other one goes on. F5 is for the session that has
 * the focus, which may be the one that waits.
 */
async function sessions(): Promise<string[]> {
  const rows = callStack().getByRole("row", { name: /^Session rank/ });
  const names = await rows.evaluateAll((found) => found.map((row) => row.getAttribute("aria-label") ?? ""));
  const [paused, ...others] = [0, 1].filter((rank) => names.some((name) => name.startsWith(standsAs(rank))));
  if (paused !== undefined && others.length === 0) {
    await standing(paused).click({ timeout: 1000 });
    await page.keyboard.press("F5");
  }
  return names;
}

/** The scope comes up closed, and once more when another rank is looked at. */
async function openLocals(): Promise<void> {
  const closed = page.locator('.debug-variables [aria-expanded="false"]').filter({ hasText: "Locals" });
  await expect
    .poll(
      async () => {
        if (await closed.isVisible()) await closed.click();
        return variable(/^accelerator/).isVisible();
      },
      { timeout: LOADED_WITHIN_MS, interval: 1000 },
    )
    .toBe(true);
}

const variable = (name: RegExp) => page.locator(".debug-variables").getByRole("treeitem", { name }).first();

async function disconnect(): Promise<void> {
  await runCommand(page, "Debug: Disconnect");
  await page.locator(".debug-toolbar").waitFor({ state: "hidden" });
}

async function trainsOn(): Promise<void> {
  const { step } = onlyRun(workspace.folder);
  await expect
    .poll(() => onlyRun(workspace.folder).step, { timeout: LOADED_WITHIN_MS })
    .toBeGreaterThan(step + 3);
}

test("Debug stops both ranks in the first lines of the script", async () => {
  await toggleBreakpoint("parser = argparse.ArgumentParser(");
  await openFile(page, RECIPE);
  await clickCodeLens(page, "Debug");
  await bothStand();
  expect(onlyRun(workspace.folder).step).toBe(0);
  await takeInBothThemes(page, "debug-launched");
});

test("after Disconnect it trains", async () => {
  await toggleBreakpoint("parser = argparse.ArgumentParser(");
  await disconnect();
  await trainsOn();
});

test("Attach Debugger stops both ranks at a breakpoint, and shows the variables of each", async () => {
  await toggleBreakpoint("optimizer.zero_grad()");
  await runCommand(page, "Tunesmith: Attach Debugger");
  await expect
    .poll(sessions, { timeout: LOADED_WITHIN_MS, interval: 1000 })
    .toEqual([0, 1].map((rank) => expect.stringContaining(standsAs(rank))));
  await standing(1).click();
  await openLocals();
  await takeInBothThemes(page, "debug-stopped");
  const { step } = onlyRun(workspace.folder);
  expect(onlyRun(workspace.folder).step).toBe(step);
});

test("after Disconnect it trains on, and Stop Run ends it", async () => {
  await disconnect();
  await trainsOn();
  const { id } = onlyRun(workspace.folder);
  await runCommand(page, "Tunesmith: Stop Run");
  await expect.poll(() => onlyRun(workspace.folder).cause, { timeout: LOADED_WITHIN_MS }).toBe("stopped");
  expect(processesOf(id)).toEqual([]);
});
