/** Many runs in the tree: which are shown and how; and one of them as a task, its log, its end. */
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ManyRuns } from "../bench/manyRuns.ts";
import { editor } from "../workbench/editor.ts";
import { pick, runCommand } from "../workbench/palette.ts";
import { waitForProblem } from "../workbench/problems.ts";
import { endRuns, listRuns } from "../workbench/runs.ts";
import { take, takeInBothThemes } from "../workbench/screenshots.ts";
import { startWorkbench, type Workbench } from "../workbench/workbench.ts";

const RUNS = 24;
const ALIVE = 2;
const LONG_MS = 120_000;
const FAILS = `print("the first row")
raise ValueError("a row without a label")
`;
const TASKS = {
  version: "2.0.0",
  tasks: ["fails", "broken"].map((name) => ({
    type: "tunesmith",
    recipe: `${name}.train.yaml`,
    label: `train ${name}`,
    problemMatcher: ["$tunesmith"],
  })),
};

let runs: ManyRuns;
let workbench: Workbench;
let page: Page;

beforeAll(async () => {
  runs = await ManyRuns.write(RUNS, ALIVE);
  const write = (name: string, text: string) => writeFileSync(join(runs.folder, name), text);
  write("fails.py", FAILS);
  write("fails.train.yaml", "script: fails.py\n");
  write("broken.train.yaml", "script: fails.py\naccelerate: {num_proceses: 1}\n");
  mkdirSync(join(runs.folder, ".vscode"));
  write(join(".vscode", "tasks.json"), JSON.stringify(TASKS));
  workbench = await startWorkbench({
    folder: runs.folder,
    userSettings: { "tunesmith.notifications": "all" },
  });
  page = await workbench.open();
});

afterAll(async () => {
  await workbench?.close();
  if (runs) endRuns(runs.folder);
  await runs?.remove();
});

const rows = (name: RegExp) => page.getByRole("treeitem", { name });

test("the living stand first, with their step, loss, time left and pace", async () => {
  await runCommand(page, "View: Show Tunesmith");
  await rows(/Running, \d+ \/ 2,000 · \d\.\d+ · .* · \d\.\d s(teps)?\/s/)
    .first()
    .waitFor({ timeout: LONG_MS });
  await expect.poll(() => rows(/#\w{4}, Running/).count()).toBe(ALIVE);
  await takeInBothThemes(page, "runs-view");
});

async function runTask(name: string): Promise<void> {
  await runCommand(page, "Tasks: Run Task", { opensAnother: true });
  await pick(page, name, new RegExp(name));
}

test("a task of a recipe with an error is refused, and the error is a problem", async () => {
  await runTask("train broken");
  await waitForProblem(page, "num_proceses");
  await take(page, "task-refused");
});

test("the logs of all ranks stand in one document", async () => {
  await runCommand(page, "Tunesmith: Show All Logs", { opensAnother: true });
  await pick(page, "digits", /^digits #0016/);
  await page.getByRole("tab", { name: /digits #0016 all ranks/ }).waitFor();
  await editor(page)
    .getByText(/===\srank\s1\s===/)
    .waitFor();
  await take(page, "all-logs");
});

/** The first line that is drawn, and how much of the text the editor's scrollbar stands for. */
async function view(): Promise<{ top: string; slider: number }> {
  const top = await editor(page)
    .locator(".view-line")
    .evaluateAll(
      (lines) =>
        lines
          .map((line) => ({ at: Number.parseFloat((line as HTMLElement).style.top), text: line.textContent }))
          .sort((a, b) => a.at - b.at)[0]?.text ?? "",
    );
  const box = await editor(page).locator(".editor-scrollable > .scrollbar.vertical > .slider").boundingBox();
  return { top, slider: box?.height ?? 0 };
}

test("a log is followed at its end, and does not move under who reads in it", async () => {
  const log = listRuns(runs.folder).find(({ id }) => id.endsWith("0016"))?.log ?? "";
  const lines = (word: string) => Array.from({ length: 200 }, (_, at) => `${word} ${at + 1}\n`).join("");
  const shows = (text: string) =>
    editor(page)
      .getByText(new RegExp(`^${text.replace(" ", "\\s")}$`))
      .waitFor();
  const offers = (button: string) => page.getByRole("button", { name: button, exact: true }).waitFor();
  const press = async (key: string) => {
    await editor(page).locator(".native-edit-context, textarea.inputarea").first().focus();
    await page.keyboard.press(key);
  };
  const growsUnseen = async (word: string) => {
    const before = await view();
    appendFileSync(log, lines(word));
    await expect.poll(async () => (await view()).slider).toBeLessThan(before.slider);
    expect((await view()).top).toBe(before.top);
  };

  writeFileSync(log, lines("first"));
  await runCommand(page, "Tunesmith: Show Log", { opensAnother: true });
  await pick(page, "digits", /^digits #0016/);
  await shows("first 200");
  await offers("Stop Following Log");

  await editor(page).hover();
  await page.mouse.wheel(0, -60);
  await offers("Follow Log");
  await growsUnseen("second");
  await press("Control+End");
  await offers("Stop Following Log");
  appendFileSync(log, lines("third"));
  await shows("third 200");

  await press("PageUp");
  await offers("Follow Log");
  await growsUnseen("fourth");
  await take(page, "log-held");
  await page.getByRole("button", { name: "Follow Log", exact: true }).click();
  await shows("fourth 200");
});

test("a task that fails says why, once, with the last words of its log", async () => {
  await runTask("train fails");
  const notice = page.locator(".notification-toast").filter({ hasText: /fails #\w+ failed/ });
  await notice.first().waitFor({ timeout: LONG_MS });
  await takeInBothThemes(page, "run-failed-notice");
  expect(await notice.count()).toBe(1);
  await notice.getByRole("button", { name: "Show Error" }).click();
  await page.getByRole("tab", { name: /fails #\w+\.traceback/ }).waitFor();
  await editor(page).getByText("the first row").first().waitFor();
  await take(page, "run-error");
});

test("they stand by recipe and by their loss when one asks for it", async () => {
  const first = () =>
    rows(/#\w{4}, /)
      .first()
      .getAttribute("aria-label");
  await runCommand(page, "Tunesmith: Group Runs by Recipe");
  await runCommand(page, "Tunesmith: Sort Runs", { opensAnother: true });
  await pick(page, "Last loss", "Last loss");
  await expect.poll(first).toMatch(/^support-chat #0015/);
  await takeInBothThemes(page, "runs-by-recipe");
  await page.setViewportSize({ width: 600, height: 900 });
  await take(page, "runs-by-recipe-narrow");
});
