/** The main job as a newcomer does it: a squiggle, its fix, Train, a chart that moves, Stop. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dashboard, waitUntilDrawn } from "../workbench/dashboard.ts";
import { clickCodeLens, editor, save } from "../workbench/editor.ts";
import { openFile, runCommand } from "../workbench/palette.ts";
import { applyQuickFix, waitForNoProblem, waitForProblem } from "../workbench/problems.ts";
import { onlyRun, processesOf, runFolder } from "../workbench/runs.ts";
import { takeInBothThemes } from "../workbench/screenshots.ts";
import { TRAINING_PYTHON } from "../workbench/training.ts";
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

test("a mistake is underlined while the recipe is open", async () => {
  await openFile(page, "with-a-mistake.train.yaml");
  await waitForProblem(page, "learning_rte");
  await editor(page).locator(".squiggly-error").first().waitFor();
  await runCommand(page, "View: Show Tunesmith");
  await takeInBothThemes(page, "mistake");
});

test("the quick fixes mend both mistakes", async () => {
  await applyQuickFix(page, "learning_rte", /learning_rate/);
  await waitForNoProblem(page, "learning_rte");
  await applyQuickFix(page, "reviw", /review/);
  await waitForNoProblem(page, "reviw");
  await save(page);
});

test("Train starts a run whose curve moves beside the recipe", async () => {
  await runCommand(page, "View: Toggle Panel Visibility");
  await clickCodeLens(page, "Train");
  await waitUntilDrawn(page, "train/loss", 1, LOADED_WITHIN_MS);
  const { step } = onlyRun(workspace.folder);
  await waitUntilDrawn(page, "train/loss", step + 5, LOADED_WITHIN_MS);
  await page
    .getByRole("treeitem", { name: /Running/ })
    .first()
    .waitFor();
  await takeInBothThemes(page, "training");
});

test("the dashboard fills a window of its own and a narrow one", async () => {
  await page.getByRole("tab", { name: "Dashboard" }).click();
  await runCommand(page, "View: Toggle Maximize Editor Group");
  await dashboard(page).getByRole("columnheader", { name: "eval/f1 best" }).waitFor();
  await takeInBothThemes(page, "dashboard");
  await page.setViewportSize({ width: 620, height: 900 });
  await takeInBothThemes(page, "dashboard-narrow");
  await page.setViewportSize({ width: 1400, height: 900 });
  await runCommand(page, "View: Toggle Maximize Editor Group");
});

test("Stop saves a checkpoint that loads and leaves no process", async () => {
  const { id } = onlyRun(workspace.folder);
  expect(processesOf(id).length).toBeGreaterThan(1);
  await runCommand(page, "Tunesmith: Stop Run");
  await page.getByRole("treeitem", { name: /stopped/i }).waitFor({ timeout: LOADED_WITHIN_MS });
  expect(processesOf(id)).toEqual([]);
  const run = onlyRun(workspace.folder);
  expect(run).toMatchObject({ state: "ended", cause: "stopped" });
  expect(lastCheckpointPredicts(runFolder(workspace.folder, id))).toMatch(/^(positive|negative)$/);
  await takeInBothThemes(page, "stopped");
});

/** Loads the newest checkpoint in the training interpreter, as a user would, and lets it label one sentence. */
function lastCheckpointPredicts(folder: string): string {
  const program = [
    "import sys, pathlib",
    "from transformers import pipeline",
    "found = sorted(pathlib.Path(sys.argv[1]).glob('checkpoint-*'), key=lambda p: int(p.name.split('-')[1]))",
    "print(pipeline('text-classification', model=str(found[-1]))('A joy from start to end.')[0]['label'])",
  ].join("\n");
  const output = execFileSync(TRAINING_PYTHON, ["-c", program, join(folder, "checkpoints")], {
    encoding: "utf8",
    env: { ...process.env, HF_HUB_OFFLINE: "1" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  return output.trim().split("\n").at(-1) ?? "";
}
