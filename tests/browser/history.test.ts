/** Runs of the past: two compared in the diff editor, a note and tags, deleted and restored. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DAEMON_PYTHON, ROOT } from "../../.ci/setup/paths.mjs";
import type { Run } from "../../extension/src/protocol.gen.ts";
import { runCommand } from "../workbench/palette.ts";
import { listRuns, runFolder } from "../workbench/runs.ts";
import { takeInBothThemes } from "../workbench/screenshots.ts";
import { startWorkbench, type Workbench } from "../workbench/workbench.ts";

let folder: string;
let older: Run;
let newer: Run;
let workbench: Workbench;
let page: Page;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tunesmith-history-"));
  execFileSync(DAEMON_PYTHON, [join(ROOT, "tests", "python", "ended_run.py"), folder]);
  [newer, older] = listRuns(folder) as [Run, Run];
  workbench = await startWorkbench({ folder });
  page = await workbench.open();
  await runCommand(page, "View: Show Tunesmith");
});

afterAll(async () => {
  await workbench?.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

const tag = ({ id }: Run) => `#${id.slice(-4)}`;
const row = (run: Run) => page.getByRole("treeitem", { name: new RegExp(`^tiny ${tag(run)}`) });

/** From the row's menu. It may open under the pointer and take the first click for the one that opened it. */
async function choose(run: Run, command: string): Promise<void> {
  await row(run).click({ button: "right" });
  const item = page.locator(".monaco-menu").getByRole("menuitem", { name: command });
  await item.waitFor();
  await expect
    .poll(async () => {
      await item.click({ timeout: 2000 }).catch(() => {});
      return item.isVisible();
    })
    .toBe(false);
}

async function answer(text: string): Promise<void> {
  const input = page.locator(".quick-input-widget").getByRole("textbox");
  await input.fill(text);
  await input.press("Enter");
}

test("two selected runs stand side by side", async () => {
  for (const run of [older, newer]) await row(run).click({ modifiers: ["ControlOrMeta"] });
  await choose(newer, "Compare Runs…");
  await page.getByRole("tab", { name: `tiny ${tag(older)} ↔ tiny ${tag(newer)}` }).waitFor();
  await page.locator(".editor.original").getByText("learning_rate: 5.0e-5").first().waitFor();
  await page.locator(".editor.modified").getByText("learning_rate: 1.0e-4").first().waitFor();
  await takeInBothThemes(page, "compare-runs");
});

test("selected runs are seen to be selected when one of them is drawn anew", async () => {
  const selected = () => page.getByRole("treeitem", { name: /^tiny/, selected: true });
  await selected().nth(1).waitFor();
  await choose(newer, "Edit Tags…");
  await answer("faster");
  await row(newer).getByText("faster").waitFor();
  expect(await selected().count()).toBe(2);
  await row(older).click({ modifiers: ["ControlOrMeta"] });
  await expect.poll(() => selected().count()).toBe(1);
});

test("the recipe that a run kept stands beside the one of today", async () => {
  await choose(older, "Compare Recipe with Now");
  await page.getByRole("tab", { name: `tiny.train.yaml (${tag(older)} ↔ now)`, selected: true }).waitFor();
  const shown = page.locator(".editor-group-container.active .editor-instance").last();
  await shown.getByText("learning_rate: 5.0e-5").first().waitFor();
  await shown.getByText("learning_rate: 1.0e-4").first().waitFor();
});

test("the code of a run opens in a window of its own", async () => {
  await choose(newer, "Open This Run's Code");
  const opened = page.context().waitForEvent("page");
  await page.getByRole("dialog").getByRole("button", { name: "Open in New Window" }).click();
  const window = await opened;
  const place = new URL(await window.evaluate(() => location.href)).searchParams.get("folder") ?? "";
  await window.close();
  expect(readFileSync(join(place, "train.py"), "utf8")).toBe("rate = 2\nsteps = 3\n");
  expect(place).toMatch(new RegExp(`/tunesmith/worktrees/[^/]+/${newer.id}$`));
});

test("a note and tags are kept with the run and stand in its row", async () => {
  await choose(older, "Edit Tags…");
  await answer("baseline, slow");
  await row(older).getByText("baseline · slow").waitFor();
  await choose(older, "Edit Note…");
  await answer("the first that works");
  await expect
    .poll(() => listRuns(folder).map(({ note, tags }) => [note, tags]))
    .toEqual([
      ["", ["faster"]],
      ["the first that works", ["baseline", "slow"]],
    ]);
});

test("a deleted run comes back from the notification", async () => {
  await choose(newer, "Delete Run");
  const message = page.getByRole("dialog").filter({ hasText: `tiny ${tag(newer)} is in the trash.` });
  await message.first().waitFor();
  await row(newer).waitFor({ state: "hidden" });
  expect(existsSync(runFolder(folder, newer.id))).toBe(false);
  await takeInBothThemes(page, "run-deleted");
  await message.first().getByRole("button", { name: "Restore" }).click();
  await row(newer).waitFor();
  expect(listRuns(folder).map(({ id }) => id)).toEqual([newer.id, older.id]);
});
