/** The debugger in a real training: attach, stand at a breakpoint, look, let go, detach, and it trains on. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { waitUntilDrawn } from "../workbench/dashboard.ts";
import { codeLens, goTo } from "../workbench/editor.ts";
import { openFile, pick, runCommand } from "../workbench/palette.ts";
import { onlyRun, processesOf, runFolder } from "../workbench/runs.ts";
import { takeInBothThemes } from "../workbench/screenshots.ts";
import { startWorkbench, type Workbench } from "../workbench/workbench.ts";
import { copySample, type Workspace } from "../workbench/workspace.ts";

const LOADED_WITHIN_MS = 120_000;

let workspace: Workspace;
let workbench: Workbench;
let page: Page;

beforeAll(async () => {
  workspace = copySample();
  workbench = await startWorkbench({ folder: workspace.folder });
  page = await workbench.open();
});

afterAll(async () => {
  await workbench?.close();
  workspace?.remove();
});

const toolbar = () => page.locator(".debug-toolbar");
const frame = (name: string) => page.locator(".debug-call-stack .stack-frame").filter({ hasText: name });

/** Where the run's own copy of the training code hears of every step. */
function callback(): { path: string; line: number } {
  const folder = runFolder(workspace.folder, onlyRun(workspace.folder).id);
  const spec = JSON.parse(readFileSync(join(folder, "spec.json"), "utf8"));
  const path = join(spec.launch.env.PYTHONPATH.split(":")[0], "tunesmith", "stages", "train", "main.py");
  const text = readFileSync(path, "utf8").split("\n");
  return { path, line: 1 + text.findIndex((code) => code.includes("if self._context.stop_requested():")) };
}

async function trainsOn(): Promise<void> {
  const { step } = onlyRun(workspace.folder);
  await expect
    .poll(() => onlyRun(workspace.folder).step, { timeout: LOADED_WITHIN_MS })
    .toBeGreaterThan(step + 3);
}

test("a run trains", async () => {
  await openFile(page, "sentiment.train.yaml");
  await codeLens(page, "Train").first().click();
  await waitUntilDrawn(page, "train/loss", 1, LOADED_WITHIN_MS);
});

test("Attach Debugger stops at a breakpoint in a callback", async () => {
  const { path, line } = callback();
  await page.keyboard.press("ControlOrMeta+P");
  await pick(page, path, /^main\.py/);
  await goTo(page, line);
  await page.keyboard.press("F9");
  await runCommand(page, "Tunesmith: Attach Debugger");
  await toolbar().waitFor({ timeout: LOADED_WITHIN_MS });
  await runCommand(page, "View: Show Run and Debug");
  await frame("on_step_end").first().waitFor({ timeout: LOADED_WITHIN_MS });
  await page
    .locator(".debug-variables")
    .getByRole("treeitem", { name: /Locals/ })
    .first()
    .waitFor();
  await takeInBothThemes(page, "debug-stopped");
  const { step } = onlyRun(workspace.folder);
  expect(onlyRun(workspace.folder).step).toBe(step);
});

test("after Disconnect it trains on, and the debugger gets in again", async () => {
  await runCommand(page, "Debug: Disconnect");
  await toolbar().waitFor({ state: "hidden" });
  await trainsOn();
  await runCommand(page, "Tunesmith: Attach Debugger");
  await frame("on_step_end").first().waitFor({ timeout: LOADED_WITHIN_MS });
  await runCommand(page, "Debug: Disconnect");
  await toolbar().waitFor({ state: "hidden" });
  await trainsOn();
});

test("Stop Run ends it as ever", async () => {
  const { id } = onlyRun(workspace.folder);
  await runCommand(page, "Tunesmith: Stop Run");
  await expect.poll(() => onlyRun(workspace.folder).cause, { timeout: LOADED_WITHIN_MS }).toBe("stopped");
  expect(processesOf(id)).toEqual([]);
});
