/** What a person is told before the launch: of a script's arguments, of settings, of rows, and by a dry run. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clickCodeLens, editor, goTo, type } from "../workbench/editor.ts";
import { openFile } from "../workbench/palette.ts";
import { applyQuickFix, waitForNoProblem, waitForProblem } from "../workbench/problems.ts";
import { listRuns } from "../workbench/runs.ts";
import { take } from "../workbench/screenshots.ts";
import { startWorkbench, type Workbench } from "../workbench/workbench.ts";
import { copySample, type Workspace } from "../workbench/workspace.ts";

const LOADED_WITHIN_MS = 180_000;
const SCRIPT = `\
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--data", required=True, help="Where the digits lie.")
parser.add_argument("--optimizer", choices=["adam", "sgd"], default="adam")
parser.add_argument("--shuffle", action=argparse.BooleanOptionalAction, default=True)
parser.add_argument("--dep", type=int)
args = parser.parse_args()
`;
const OF_A_SCRIPT = `\
script: train.py
args:
  data: digits
  depth: 3
  optimizer: adm
  shuffle: false
`;
/** A model of a few numbers in one process: what a dry run shows of it is there soon. */
const SMALL = `\
task: text-classification
model:
  config: {model_type: bert, vocab_size: 30522, hidden_size: 16, num_hidden_layers: 1,
    num_attention_heads: 2, intermediate_size: 16}
  tokenizer: ../models/minilm
data: {train: data/reviews.csv, columns: {text: review, label: sentiment}, max_length: 32}
train: {num_train_epochs: 1}
`;

/** Of one row nothing is learned, and one is longer than the training looks at. */
const ROWS = `\
review,sentiment
"It begins as a chase, becomes a wedding, forgets both, and ends where it began: in the rain, at a bus stop.",negative
A quiet film that trusts its actors.,positive
Nobody in it listens.,negative
The second half forgets the first.,negative
Warm and sly.,positive
,positive
One wants to stay.,positive
`;
const ON_ROWS = SMALL.replace("../models", "../../models")
  .replace("data/reviews.csv", "few.csv")
  .replace("max_length: 32", "max_length: 16");

let workspace: Workspace;
let workbench: Workbench;
let page: Page;

beforeAll(async () => {
  workspace = copySample();
  const own = join(workspace.folder, "own");
  mkdirSync(own);
  writeFileSync(join(own, "train.py"), SCRIPT);
  writeFileSync(join(own, "digits.train.yaml"), OF_A_SCRIPT);
  writeFileSync(join(own, "few.csv"), ROWS);
  writeFileSync(join(own, "few.train.yaml"), ON_ROWS);
  writeFileSync(join(workspace.folder, "small.train.yaml"), SMALL);
  rmSync(join(workspace.folder, "with-a-mistake.train.yaml"));
  workbench = await startWorkbench({ folder: workspace.folder });
  page = await workbench.open();
});

afterAll(async () => {
  await workbench?.close();
  workspace?.remove();
});

test("arguments that the script refuses, or hears otherwise, are marked and mended", async () => {
  await openFile(page, "digits.train.yaml");
  await waitForProblem(page, "train.py has no argument --depth");
  await waitForProblem(page, "false leaves shuffle out");
  await take(page, "own-arguments-light");
  await applyQuickFix(page, "adm is not a choice of optimizer", "Change to adam");
  await waitForNoProblem(page, "adm is not a choice");
});

test("names are offered with what the script says of them", async () => {
  await goTo(page, 6, 17);
  await page.keyboard.press("Enter");
  await type(page, "no-sh");
  await page
    .locator(".suggest-widget")
    .getByRole("option", { name: /no-shuffle/ })
    .first()
    .waitFor();
  await take(page, "own-arguments-offered");
  await page.keyboard.press("Escape");
  for (let undone = 0; undone < "no-sh".length; undone++) await page.keyboard.press("Backspace");
});

test("an argument leads to its line, and that line counts before it is saved", async () => {
  await goTo(page, 5, 4);
  await page.keyboard.press("F12");
  await page.getByRole("tab", { name: "train.py", selected: true }).waitFor();
  await page.getByRole("button", { name: /Ln 5, Col 1/ }).waitFor();
  await goTo(page, 7, 27);
  await type(page, "th");
  await openFile(page, "digits.train.yaml");
  await waitForNoProblem(page, "train.py has no argument --depth");
});

test("settings say what they come to", async () => {
  await openFile(page, "sentiment.train.yaml");
  await editor(page).getByText("of 128 steps").first().waitFor();
  await editor(page).getByText("a process").first().waitFor();
  await take(page, "inlay-hints-light");
});

test("Dry Run shows its step and its first batch, and leaves no run", async () => {
  await openFile(page, "small.train.yaml");
  await clickCodeLens(page, "Dry Run");
  const frame = page.frameLocator("iframe.webview").frameLocator("iframe#active-frame");
  await frame.getByRole("heading", { name: "First batch" }).waitFor({ timeout: LOADED_WITHIN_MS });
  await frame.getByText("Optimizer states").waitFor();
  expect(listRuns(workspace.folder)).toEqual([]);
  await take(page, "dry-run-light");
});

test("a row of the data shows its tokens on hover, and one that teaches nothing is marked", async () => {
  await openFile(page, "few.csv");
  await goTo(page, 2);
  // The pointer stays away: the hover is of the caret.
  await page.mouse.move(700, 2);
  const shown = page.locator(".monaco-hover").getByText("cut at 16").first();
  await expect
    .poll(
      async () => {
        await page.keyboard.press("ControlOrMeta+k");
        await page.keyboard.press("ControlOrMeta+i");
        await shown.waitFor({ timeout: 20_000 }).catch(() => undefined);
        return shown.isVisible();
      },
      { timeout: LOADED_WITHIN_MS },
    )
    .toBe(true);
  await waitForProblem(page, "Nothing is learned from this row");
  await take(page, "loss-mask-lens-light");
});
