/** How a recipe is written: laid out, folded, coloured, renamed, looked through, and ignored with a reason. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { editor, goTo, lines, save, type } from "../workbench/editor.ts";
import { openFile, runCommand } from "../workbench/palette.ts";
import { applyQuickFix, waitForNoProblem, waitForProblem } from "../workbench/problems.ts";
import { take, takeInBothThemes } from "../workbench/screenshots.ts";
import { WINDOW_SIZE } from "../workbench/window.ts";
import { startWorkbench, type Workbench } from "../workbench/workbench.ts";

const IN_A_HURRY = `\
# A recipe written in a hurry.
task:   causal-lm   
model:
    # Its own settings,
    # small enough for a laptop.
    config: {model_type: gpt2}
    tokenizer:    m # beside it



data: {train:   data.txt, max_length: &long 32}   # rows
train:
    num_train_epochs:    1   # one is enough
    per_device_train_batch_size: &batch 8
    per_device_eval_batch_size:   *batch
    lerning_rate: 1e-4
    # the end
`;
const LAID_OUT = `\
# A recipe written in a hurry.
task: causal-lm
model:
  # Its own settings,
  # small enough for a laptop.
  config: {model_type: gpt2}
  tokenizer: m # beside it

data: {train:   data.txt, max_length: &long 32}   # rows
train:
  num_train_epochs: 1   # one is enough
  per_device_train_batch_size: &batch 8
  per_device_eval_batch_size: *batch
  lerning_rate: 1e-4
  # the end
`;
const OF_OTHERS =
  "output_dir: out\nnum_train_epochs: 1\ndeepspeed: ds.json\nper_device_train_batch_size: 4\n";
const DEEPSPEED = '{\n  "zero_optimization": {"stage": 2},\n  "train_micro_batch_size_per_gpu": 1\n}\n';

let root: string;
let workbench: Workbench;
let page: Page;
const text = () => readFileSync(join(root, "a.train.yaml"), "utf8");

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "tunesmith-"));
  const files = {
    "a.train.yaml": IN_A_HURRY,
    "data.txt": "Warm and sly.\n",
    "train.yaml": OF_OTHERS,
    "ds.json": DEEPSPEED,
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content);
  const userSettings = { "editor.detectIndentation": false, "[yaml]": { "editor.tabSize": 2 } };
  workbench = await startWorkbench({ folder: root, userSettings });
  page = await workbench.open();
  await openFile(page, "a.train.yaml");
  await waitForProblem(page, "lerning_rate");
});

afterAll(async () => {
  await workbench?.close();
  rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

test("a recipe is laid out with its comments, and the caret stays at its word", async () => {
  await goTo(page, 16, 8);
  await runCommand(page, "Format Document");
  await expect.poll(() => lines(page)).toContain("  lerning_rate: 1e-4");
  await page.getByRole("button", { name: /Ln 14, Col 6/ }).waitFor();
  await save(page);
  await expect.poll(text).toBe(LAID_OUT);
});

test("a known key has another colour than one that nobody knows", async () => {
  const colour = (word: string) =>
    editor(page)
      .locator(".view-line span span")
      .filter({ hasText: new RegExp(`^\\s*${word}$`) })
      .first()
      .evaluate((element) => getComputedStyle(element).color);
  await expect
    .poll(async () => (await colour("num_train_epochs")) !== (await colour("lerning_rate")))
    .toBe(true);
  await takeInBothThemes(page, "writing");
});

test("a section folds away with its comments", async () => {
  await goTo(page, 3, 2);
  await runCommand(page, "Fold");
  await expect.poll(() => lines(page)).not.toContain("  tokenizer: m # beside it");
  await runCommand(page, "Unfold All");
  await expect.poll(() => lines(page)).toContain("  tokenizer: m # beside it");
});

test("the symbols of a recipe are its keys", async () => {
  await page.keyboard.press("ControlOrMeta+Shift+O");
  await page
    .locator(".quick-input-widget")
    .getByRole("option", { name: /per_device_eval_batch_size/ })
    .click();
  await page.getByRole("button", { name: /Ln 13, Col 3/ }).waitFor();
});

test("an alias leads to its anchor, which is renamed with it", async () => {
  await goTo(page, 13, 34);
  await page.keyboard.press("F12");
  await page.getByRole("button", { name: /Ln 12, Col 33/ }).waitFor();
  await page.keyboard.press("F2");
  await page.locator(".rename-box input").fill("rows");
  await page.keyboard.press("Enter");
  await expect.poll(() => lines(page)).toContain("  per_device_eval_batch_size: *rows");
  expect(await lines(page)).toContain("  per_device_train_batch_size: &rows 8");
});

test("a finding is ignored with its reason selected, and what was fixed is brought back", async () => {
  await applyQuickFix(page, "m is no folder", "Ignore TN310 here");
  await waitForNoProblem(page, "m is no folder");
  await type(page, "it comes later");
  await expect.poll(() => lines(page)).toContain("  # tunesmith: ignore TN310 because it comes later");
  expect(await lines(page)).toContain("  tokenizer: m # beside it");
  await runCommand(page, "Fix All");
  await waitForNoProblem(page, "lerning_rate");
  await editor(page).locator(".squiggly-error").first().waitFor({ state: "detached" });
  await page.keyboard.press("ControlOrMeta+Z");
  await waitForProblem(page, "lerning_rate");
});

test("a narrow window shows what a word means and what is wrong with it", async () => {
  await page.setViewportSize({ width: 620, height: 720 });
  await goTo(page, 15, 8);
  await page.keyboard.press("ControlOrMeta+k");
  await page.keyboard.press("ControlOrMeta+i");
  const hover = page.locator(".monaco-hover").filter({ hasText: "did you mean" }).first();
  await hover.waitFor();
  const { x, width } = (await hover.boundingBox()) ?? { x: 0, width: Number.POSITIVE_INFINITY };
  await take(page, "writing-narrow-light");
  expect(x + width).toBeLessThanOrEqual(620);
  await page.keyboard.press("Escape");
  await page.setViewportSize(WINDOW_SIZE);
});

test("the page of a rule is one click away from its problem", async () => {
  const problem = await waitForProblem(page, "lerning_rate");
  await problem.getByText("TN201").click();
  await page.getByRole("tab", { name: /TN201/, selected: true }).waitFor();
  const frame = page.frameLocator("iframe.webview").frameLocator("iframe#active-frame");
  await frame.getByRole("heading", { name: "Flagged" }).waitFor();
  await take(page, "rule-page-light");
});

test("a setting leads to its other half in a linked file", async () => {
  await openFile(page, "train.yaml");
  await goTo(page, 4, 10);
  await page.keyboard.press("F12");
  await page.getByRole("tab", { name: "ds.json", selected: true }).waitFor();
  await page.getByRole("button", { name: /Ln 3, Col 3/ }).waitFor();
});
