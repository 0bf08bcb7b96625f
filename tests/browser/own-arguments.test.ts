/** A recipe beside the script that it runs: what the script takes is checked, offered, found and followed. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { goTo, type } from "../workbench/editor.ts";
import { openFile } from "../workbench/palette.ts";
import { applyQuickFix, waitForNoProblem, waitForProblem } from "../workbench/problems.ts";
import { take, takeInBothThemes } from "../workbench/screenshots.ts";
import { startWorkbench, type Workbench } from "../workbench/workbench.ts";

const SCRIPT = `\
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--data", required=True, help="Where the digits lie.")
parser.add_argument("--optimizer", choices=["adam", "sgd"], default="adam")
parser.add_argument("--shuffle", action=argparse.BooleanOptionalAction, default=True)
parser.add_argument("--dep", type=int)
args = parser.parse_args()
`;
const RECIPE = `\
script: train.py
args:
  data: digits
  depth: 3
  optimizer: adm
  shuffle: false
`;

let root: string;
let workbench: Workbench;
let page: Page;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "tunesmith-"));
  writeFileSync(join(root, "train.py"), SCRIPT);
  writeFileSync(join(root, "digits.train.yaml"), RECIPE);
  workbench = await startWorkbench({ folder: root });
  page = await workbench.open();
  await openFile(page, "digits.train.yaml");
});

afterAll(async () => {
  await workbench?.close();
  rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

test("arguments that the script refuses, or hears otherwise, are marked and mended", async () => {
  await waitForProblem(page, "train.py has no argument --depth");
  await waitForProblem(page, "false leaves shuffle out");
  await takeInBothThemes(page, "own-arguments");
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
