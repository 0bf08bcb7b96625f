/** Files of Hugging Face and DeepSpeed, checked for the machine that they will run on, mended on both sides. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { editor, goTo, save, type } from "../workbench/editor.ts";
import { openFile, runCommand } from "../workbench/palette.ts";
import { applyQuickFix, waitForNoProblem, waitForProblem } from "../workbench/problems.ts";
import { take, takeInBothThemes } from "../workbench/screenshots.ts";
import { startWorkbench, type Workbench } from "../workbench/workbench.ts";

const TARGET = {
  packages: { transformers: "4.57.0", accelerate: "1.10.0", deepspeed: "0.17.0", torch: "2.8.0" },
  gpus: [{ name: "NVIDIA A100", count: 4, memory_gib: 40, compute_capability: "8.0" }],
};
const TRAINING = `\
model_name_or_path: m
output_dir: out
per_device_train_batch_size: 4
num_train_epochs: 1
evaluation_strategy: epoch
deepspeed: ds.json
`;
const DEEPSPEED = `\
{
  "train_micro_batch_size_per_gpu": 1,
  "zero_optimization": {"stage": 2}
}
`;
const NOBODYS = 'services:\n  web: {image: nginx, environment: {evaluation_strategy: "x"}}\n';

let root: string;
let workbench: Workbench;
let page: Page;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "tunesmith-"));
  mkdirSync(join(root, ".vscode"));
  const files = {
    "train.yaml": TRAINING,
    "ds.json": DEEPSPEED,
    "compose.yaml": NOBODYS,
    "run.sh": "accelerate launch --num_processes 4 train.py train.yaml\n",
    "a100.json": JSON.stringify(TARGET, null, 2),
    ".vscode/settings.json": JSON.stringify({ "tunesmith.target": "a100.json" }),
  };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(root, name), text);
  }
  workbench = await startWorkbench({ folder: root });
  page = await workbench.open();
});

afterAll(async () => {
  await workbench?.close();
  rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

test("files that nobody has open are checked for the target", async () => {
  await waitForProblem(page, "evaluation_strategy");
  await waitForProblem(page, "train_micro_batch_size_per_gpu is 1");
});

test("a linked file that another program writes is looked at again", async () => {
  writeFileSync(join(root, "ds.json"), DEEPSPEED.replace("1", '"auto"'));
  await waitForNoProblem(page, "train_micro_batch_size_per_gpu is");
  writeFileSync(join(root, "ds.json"), DEEPSPEED);
  await waitForProblem(page, "train_micro_batch_size_per_gpu is 1");
});

test("a linked file says what it is about, and whose file is left alone", async () => {
  await openFile(page, "compose.yaml");
  await openFile(page, "ds.json");
  await editor(page).locator(".squiggly-error").first().waitFor();
  await page.locator(".statusbar-item").filter({ hasText: "a100.json" }).first().waitFor();
  await goTo(page, 2, 6);
  await takeInBothThemes(page, "linked-files");
  expect(await page.locator(".markers-panel").getByText("compose.yaml").count()).toBe(0);
});

test("the fix of one file is offered in the other", async () => {
  await openFile(page, "train.yaml");
  await goTo(page, 3, 5);
  await page.keyboard.press("ControlOrMeta+.");
  const offered = page.locator(".action-widget").getByRole("option");
  await offered.filter({ hasText: "Set per_device_train_batch_size to 1" }).first().waitFor();
  await take(page, "both-sides-light");
  await page.keyboard.press("Escape");
  await applyQuickFix(page, "evaluation_strategy", /eval_strategy/);
  await waitForNoProblem(page, "evaluation_strategy");
});

test("what is typed in the linked file counts before it is saved", async () => {
  await openFile(page, "ds.json");
  await goTo(page, 2, 37);
  await page.keyboard.press("Shift+ArrowRight");
  await type(page, "4");
  await waitForNoProblem(page, "train_micro_batch_size_per_gpu is");
  await save(page);
});

test("keys are completed and explained with their history", async () => {
  await openFile(page, "train.yaml");
  await goTo(page, 7, 1);
  await type(page, "gradient_acc");
  await page.locator(".suggest-widget").getByRole("option").first().waitFor();
  await take(page, "keys-of-others-light");
  await page.keyboard.press("Escape");
  await runCommand(page, "Undo");
});

test("a finding is ignored with a comment that is finished with its reason", async () => {
  await type(page, "evaluation_strategy: epoch");
  await applyQuickFix(page, "evaluation_strategy", "Ignore TN202 here");
  await editor(page).getByText("ignore TN202 because …").first().waitFor();
  await waitForNoProblem(page, "evaluation_strategy");
  await take(page, "ignored-light");
  await type(page, "the cluster has 4.40");
  await editor(page).getByText("ignore TN202 because the cluster has 4.40").first().waitFor();
});
