/** Two folders in one window: each with its own interpreter, recipes and runs. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dashboard } from "../workbench/dashboard.ts";
import { openFile, pick, runCommand } from "../workbench/palette.ts";
import { applyQuickFix, waitForNoProblem, waitForProblem } from "../workbench/problems.ts";
import { take, takeInBothThemes } from "../workbench/screenshots.ts";
import { makeEnvironment } from "../workbench/training.ts";
import { startWorkbench, type Workbench } from "../workbench/workbench.ts";

const ENDED_WITHIN_MS = 120_000;

let root: string;
let workbench: Workbench;
let page: Page;

const inRoot = (...names: string[]) => join(root, ...names);
const settingsOf = (folder: string) => inRoot(folder, ".vscode", "settings.json");
const chosenIn = (folder: string) =>
  JSON.parse(readFileSync(settingsOf(folder), "utf8"))["tunesmith.trainingInterpreter"];

const pythonOf = (environment: string) => inRoot("environments", environment, "bin", "python");

/** The environments lie beside the folders: a search of the window would go through all their packages. */
function makeFolder(name: string, interpreter: string): void {
  makeEnvironment(inRoot("environments", name));
  mkdirSync(inRoot(name));
  writeFileSync(inRoot(name, `${name}.py`), `print("trained in ${name}")\n`);
  writeFileSync(inRoot(name, `${name}.train.yaml`), `script: ${name}.py\n`);
  mkdirSync(inRoot(name, ".vscode"));
  writeFileSync(settingsOf(name), JSON.stringify({ "tunesmith.trainingInterpreter": interpreter }));
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "tunesmith-roots-"));
  makeEnvironment(inRoot("environments", "bare"), { packages: false });
  makeFolder("vision", "../environments/vision/bin/python");
  makeFolder("speech", pythonOf("bare"));
  const workspace = inRoot("both.code-workspace");
  writeFileSync(workspace, JSON.stringify({ folders: [{ path: "vision" }, { path: "speech" }] }));
  workbench = await startWorkbench({ folder: workspace, env: { WORKON_HOME: inRoot("environments") } });
  page = await workbench.open();
});

afterAll(async () => {
  await workbench?.close();
  rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

const statusItem = (text: string | RegExp) =>
  page.locator(".statusbar-item").filter({ hasText: text }).first();

test("each recipe is checked with the interpreter of its folder", async () => {
  await openFile(page, "vision.train.yaml");
  await statusItem(/^Python 3\.\d+\.\d+ \(vision\)$/).waitFor();
  await openFile(page, "speech.train.yaml");
  const problem = await waitForProblem(page, "has no torch and no accelerate");
  expect(await problem.innerText()).toContain(pythonOf("bare"));
  await statusItem("Select training interpreter").waitFor();
  await take(page, "interpreter-without-torch");
  await openFile(page, "vision.train.yaml");
  await statusItem("(vision)").waitFor();
});

test("what is chosen is remembered with the folder of the open recipe", async () => {
  await openFile(page, "speech.train.yaml");
  await applyQuickFix(page, "has no torch", "Select Training Interpreter");
  const current = page.locator(".quick-input-widget").getByRole("option", { name: /\(bare\).*current/ });
  await current.waitFor();
  expect(await page.locator(".quick-input-title").innerText()).toContain("speech");
  await take(page, "select-interpreter");
  await pick(page, "speech", /\(speech\).*torch 2/);
  await waitForNoProblem(page, "has no torch");
  await statusItem("(speech)").waitFor();
  expect(chosenIn("speech")).toBe(pythonOf("speech"));
  expect(chosenIn("vision")).toBe("../environments/vision/bin/python");
});

test("Check Environment says how the folder of the open recipe does", async () => {
  await openFile(page, "speech.train.yaml");
  await runCommand(page, "Tunesmith: Check Environment");
  const preview = dashboard(page);
  await preview.getByText(pythonOf("speech")).first().waitFor();
  await preview.getByText(/torch and devices/).waitFor();
  await takeInBothThemes(page, "environment");
});

test("runs lie in the folder of their recipe and train with its interpreter", async () => {
  for (const name of ["speech", "vision"]) {
    await openFile(page, `${name}.train.yaml`);
    await runCommand(page, "Tunesmith: Train");
    await expect.poll(() => specs(name).length, { timeout: ENDED_WITHIN_MS }).toBe(1);
  }
  await runCommand(page, "View: Show Tunesmith");
  for (const name of ["speech", "vision"]) {
    expect(specs(name)).toEqual([pythonOf(name)]);
    await expect.poll(() => logs(name), { timeout: ENDED_WITHIN_MS }).toContain(`trained in ${name}`);
    const row = page.getByRole("treeitem", { name: new RegExp(`^${name} #`) });
    await row.first().waitFor();
  }
  await take(page, "runs-of-two-folders");
});

function runsOf(folder: string): string[] {
  const home = inRoot(folder, ".tunesmith", "runs");
  return existsSync(home)
    ? readdirSync(home)
        .filter((id) => !id.startsWith("."))
        .map((id) => join(home, id))
    : [];
}

const specs = (folder: string): string[] =>
  runsOf(folder).map((run) => JSON.parse(readFileSync(join(run, "spec.json"), "utf8")).interpreter);

function logs(folder: string): string {
  const files = runsOf(folder).map((run) => join(run, "attempts", "1", "log", "rank-0.log"));
  return files
    .filter(existsSync)
    .map((file) => readFileSync(file, "utf8"))
    .join("");
}
