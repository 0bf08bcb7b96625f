/** A run outlives whatever watched it, and the reopened window shows all of it. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dashboard, drawn, waitUntilDrawn } from "../workbench/dashboard.ts";
import { openFile, runCommand } from "../workbench/palette.ts";
import { daemon, extensionHost, waitUntilGone } from "../workbench/processes.ts";
import { onlyRun, processesOf, runFolder } from "../workbench/runs.ts";
import { takeInBothThemes } from "../workbench/screenshots.ts";
import { TRAINING_PYTHON } from "../workbench/training.ts";
import { startWorkbench, type Workbench } from "../workbench/workbench.ts";
import { copySample, type Workspace } from "../workbench/workspace.ts";

const STEPS = 80;
const LONG_MS = 150_000;
const RECIPE = `task: text-classification
model: {name_or_path: ../models/minilm}
data:
  train: data/reviews.csv
  columns: {text: review, label: sentiment}
  split: {validation: 0.1, seed: 13}
  max_length: 64
  max_rows: 1500
train:
  max_steps: ${STEPS}
  per_device_train_batch_size: 16
  train_sampling_strategy: group_by_length
  learning_rate: 1.0e-4
  warmup_steps: 10
  logging_steps: 1
  eval_on_start: true
  eval_strategy: steps
  eval_steps: 20
`;

let workspace: Workspace;
let workbench: Workbench;
let page: Page;

beforeAll(async () => {
  workspace = copySample();
  writeFileSync(join(workspace.folder, "survivor.train.yaml"), RECIPE);
  workbench = await startWorkbench({ folder: workspace.folder });
  page = await workbench.open();
});

afterAll(async () => {
  await workbench?.close();
  workspace?.remove();
});

test("the curve goes on after the daemon was killed", async () => {
  await openFile(page, "survivor.train.yaml");
  await runCommand(page, "Tunesmith: Train");
  await waitUntilDrawn(page, "train/loss", 3, LONG_MS);
  const killed = await daemon(workbench.server);
  process.kill(killed, "SIGKILL");
  await waitUntilGone([killed]);
  const { step, state } = onlyRun(workspace.folder);
  expect(state).toBe("running");
  await waitUntilDrawn(page, "train/loss", step + 5, LONG_MS);
  expect(await daemon(workbench.server)).not.toBe(killed);
});

test("the run goes on when the extension host is killed and the window is closed", async () => {
  const host = await extensionHost(workbench.server);
  process.kill(host, "SIGKILL");
  await page.close();
  await waitUntilGone([host]);
  const { id } = onlyRun(workspace.folder);
  await expect.poll(() => onlyRun(workspace.folder).state, { timeout: LONG_MS, interval: 500 }).toBe("ended");
  expect(onlyRun(workspace.folder)).toMatchObject({ cause: "finished", step: STEPS });
  expect(processesOf(id)).toEqual([]);
});

test("the reopened window shows the whole run", async () => {
  page = await workbench.open();
  await runCommand(page, "Tunesmith: Open Dashboard");
  const id = await waitUntilDrawn(page, "train/loss", STEPS, LONG_MS);
  const written = stepsInEventFiles(
    join(runFolder(workspace.folder, id), "attempts", "1", "tb"),
    "train/loss",
  );
  expect(written).toEqual(Array.from({ length: STEPS }, (_, index) => index + 1));
  expect((await drawn(page))[id]?.["train/loss"]?.step).toBe(STEPS);
  expect(await pointsShown("train/loss")).toBe(written.length);
  await runCommand(page, "View: Show Tunesmith");
  await page.getByRole("treeitem", { name: /survivor.*finished/i }).waitFor();
  await takeInBothThemes(page, "reopened");
});

/** How many points the chart of `tag` shows, as its table for screen readers says. */
async function pointsShown(tag: string): Promise<number> {
  const row = dashboard(page).locator(`.chart[data-tag="${tag}"] tbody tr`);
  return Number(await row.locator("td").first().textContent());
}

/** The steps of a tag as TensorBoard's own reader finds them. */
function stepsInEventFiles(folder: string, tag: string): number[] {
  const program = [
    "import json, sys",
    "from tensorboard.backend.event_processing.event_accumulator import EventAccumulator",
    "events = EventAccumulator(sys.argv[1], size_guidance={'scalars': 0}).Reload()",
    "print(json.dumps([event.step for event in events.Scalars(sys.argv[2])]))",
  ].join("\n");
  return JSON.parse(
    execFileSync(TRAINING_PYTHON, ["-c", program, folder, tag], { encoding: "utf8" }),
  ) as number[];
}
