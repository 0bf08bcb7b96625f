/** A folder that is not trusted, then trusted; and the walkthrough, whose steps are ticked off on the way. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clickCodeLens } from "../workbench/editor.ts";
import { commandsFor, openFile, runCommand } from "../workbench/palette.ts";
import { applyQuickFix, waitForNoProblem, waitForProblem } from "../workbench/problems.ts";
import { listRuns, processesOf } from "../workbench/runs.ts";
import { take, takeInBothThemes } from "../workbench/screenshots.ts";
import { wear } from "../workbench/theme.ts";
import { makeEnvironment } from "../workbench/training.ts";
import { isDone, waitUntilDone, waitUntilPictured, walkthroughStep } from "../workbench/walkthrough.ts";
import { startWorkbench, type Workbench } from "../workbench/workbench.ts";
import { copySample, type Workspace } from "../workbench/workspace.ts";

/** With two mistakes, both in the keys of accelerate. */
const RECIPE = "with-a-mistake.train.yaml";
const OWN_RECIPE = "own.train.yaml";
const RESTRICTED = [
  "Train",
  "Debug",
  "Dry Run",
  "Stop Run",
  "Attach Debugger",
  "Select Training Interpreter",
];

/** Steps of the walkthrough whose pictures are kept, with a word that is drawn there. */
const SHOWN = [
  { title: "Fix what would have failed", name: "fix", drawn: "num_proceses" },
  { title: "Stop it at a breakpoint", name: "debug", drawn: "Paused on breakpoint" },
];

let workspace: Workspace;
let workbench: Workbench;
let page: Page;
/** Written by the interpreter that the workspace names, whenever anybody runs it. */
let trace: string;

const offered = async (): Promise<string[]> =>
  (await commandsFor(page, "Tunesmith:")).map((label) => label.replace("Tunesmith: ", ""));

beforeAll(async () => {
  workspace = copySample("sums");
  trace = join(workspace.root, "trace");
  const planted = makeEnvironment(join(workspace.root, "planted"), { trace });
  const settings = { "tunesmith.trainingInterpreter": planted };
  renameSync(join(workspace.folder, RECIPE), join(workspace.folder, OWN_RECIPE));
  mkdirSync(join(workspace.folder, ".vscode"));
  writeFileSync(join(workspace.folder, ".vscode", "settings.json"), JSON.stringify(settings));
  workbench = await startWorkbench({
    folder: workspace.folder,
    trusted: false,
    userSettings: { "security.workspace.trust.startupPrompt": "never" },
  });
  page = await workbench.open();
});

afterAll(async () => {
  await workbench?.close();
  workspace?.remove();
});

test("in Restricted Mode recipes are checked, with the interpreter that the user names", async () => {
  await openFile(page, OWN_RECIPE);
  await waitForProblem(page, "num_proceses");
  await page.locator('[id="status.languageStatus"]').hover();
  await page
    .locator(".hover-language-status")
    .filter({ hasText: /Checked by \d+ rules/ })
    .waitFor();
  await page
    .locator(".hover-language-status")
    .filter({ hasText: /Python 3\.\d+.*torch/ })
    .waitFor();
  expect(existsSync(trace)).toBe(false);
});

test("in Restricted Mode nothing can be started, and the reason is seen", async () => {
  await runCommand(page, "View: Show Tunesmith");
  await page.getByText("Training needs a trusted workspace.").waitFor();
  const commands = await offered();
  expect(commands).toContain("Get Started");
  expect(commands.filter((name) => RESTRICTED.includes(name))).toEqual([]);
  await clickCodeLens(page, "Train");
  const notice = page.locator(".notification-toast").filter({ hasText: "which is not trusted yet." });
  await notice.waitFor();
  await takeInBothThemes(page, "restricted");
  await notice.getByRole("button", { name: "Manage Workspace Trust" }).click();
  await page.locator(".workspace-trust-editor").waitFor();
  expect(existsSync(trace)).toBe(false);
  expect(listRuns(workspace.folder)).toEqual([]);
});

test("a sample is put into a folder of the user's, and opened", async () => {
  await runCommand(page, "View: Close All Editors");
  // Files that nobody has open are checked, too: its mistakes would stand beside those of the sample.
  rmSync(join(workspace.folder, OWN_RECIPE));
  await runCommand(page, "Tunesmith: Open Sample", { opensAnother: true });
  await page.getByRole("option", { name: /A small transformer learns to add/ }).click();
  await page.getByRole("button", { name: "Put Sample Here" }).waitFor();
  await page.getByRole("button", { name: "Put Sample Here" }).click();
  await page.getByRole("tab", { name: RECIPE, selected: true }).last().waitFor();
  const copied = (name: string) => readFileSync(join(workspace.folder, "sums", name), "utf8");
  expect(copied("train.py")).toBe(readFileSync(join(workspace.folder, "train.py"), "utf8"));
});

test("a trusted workspace trains with the interpreter that it names", async () => {
  await runCommand(page, "Workspaces: Manage Workspace Trust");
  await page.locator(".workspace-trust-editor").getByRole("button", { name: "Trust", exact: true }).click();
  await page.getByText("You trust this folder").first().waitFor();
  const allowed = async () => (await offered()).filter((name) => RESTRICTED.includes(name)).sort();
  await expect.poll(allowed).toEqual(["Debug", "Dry Run", "Select Training Interpreter", "Train"]);
  await openFile(page, RECIPE);
  await applyQuickFix(page, "num_proceses", /num_processes/);
  await applyQuickFix(page, "mixed_precison", /mixed_precision/);
  await waitForNoProblem(page, "mixed_precison");
  await clickCodeLens(page, "Train");
  await page.getByRole("treeitem", { name: /with-a-mistake.*Running/ }).waitFor();
  await expect.poll(() => existsSync(trace) && readFileSync(trace, "utf8")).toContain("accelerate");
});

test("while a run is alive, it can be stopped; then no more", async () => {
  await expect.poll(async () => (await offered()).includes("Stop Run")).toBe(true);
  const [run] = listRuns(workspace.folder);
  await runCommand(page, "Tunesmith: Stop Run Now");
  await page.getByRole("dialog").getByRole("button", { name: "Stop Now" }).click();
  await expect.poll(() => processesOf(run?.id ?? "")).toEqual([]);
  await expect.poll(async () => (await offered()).includes("Stop Run")).toBe(false);
});

test("the walkthrough has ticked off what was done", async () => {
  await runCommand(page, "View: Toggle Panel Visibility");
  await runCommand(page, "Tunesmith: Get Started");
  const done = ["Open a sample", "Choose the Python that trains", "Fix what would have failed", "Train"];
  for (const title of [...done, "Watch it learn"]) await waitUntilDone(page, title);
  expect(await isDone(page, "Stop it at a breakpoint")).toBe(false);
  // Beside the dashboard there is no room for pictures.
  await runCommand(page, "View: Close Editors in Other Groups");
  for (const theme of ["dark", "light"] as const) {
    await wear(page, theme);
    for (const { title, name, drawn } of SHOWN) {
      await walkthroughStep(page, title).click();
      await waitUntilPictured(page, drawn);
      await take(page, `walkthrough-${name}-${theme}`);
    }
  }
});
