/** Two ranks of the user's own script: seen one by one while they train, and when one of them fails. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clickCodeLens, editor } from "../workbench/editor.ts";
import { openFile, runCommand } from "../workbench/palette.ts";
import { onlyRun, processesOf } from "../workbench/runs.ts";
import { takeInBothThemes } from "../workbench/screenshots.ts";
import { startWorkbench, type Workbench } from "../workbench/workbench.ts";
import { copySample, type Workspace } from "../workbench/workspace.ts";

const LONG_MS = 150_000;
const RECIPE = `script: two.py
accelerate: {num_processes: 2}
`;
const SCRIPT = `import pathlib, time
import torch
import torch.distributed as dist

dist.init_process_group("gloo")
weight = torch.nn.Parameter(torch.ones(1))
optimizer = torch.optim.SGD([weight], lr=0.01)
while True:
    if dist.get_rank() == 1 and pathlib.Path("fail").exists():
        raise ValueError("a row without a label")
    weight.grad = weight.detach().clone()
    dist.all_reduce(weight.grad)
    optimizer.step()
    print("rank", dist.get_rank(), "took a step", flush=True)
    time.sleep(0.1)
`;

let workspace: Workspace;
let workbench: Workbench;
let page: Page;

beforeAll(async () => {
  workspace = copySample();
  writeFileSync(join(workspace.folder, "two.train.yaml"), RECIPE);
  writeFileSync(join(workspace.folder, "two.py"), SCRIPT);
  workbench = await startWorkbench({ folder: workspace.folder });
  page = await workbench.open();
});

afterAll(async () => {
  await workbench?.close();
  workspace?.remove();
});

const row = (name: RegExp) => page.getByRole("treeitem", { name }).first();

/** The ranks appear with the run's second process. */
const unfold = (name: RegExp) =>
  row(name).locator(".monaco-tl-twistie.collapsed").click({ timeout: LONG_MS });

test("each rank has a row with its process and what it uses", async () => {
  await openFile(page, "two.train.yaml");
  await runCommand(page, "View: Show Tunesmith");
  await clickCodeLens(page, "Train");
  await row(/two #.*Running/).waitFor({ timeout: LONG_MS });
  await unfold(/two #.*Running/);
  await row(/^rank 0, \d+/).waitFor();
  await row(/^rank 1.*\d+ · \d+ % CPU · \d\.\d+ GB/).waitFor({ timeout: LONG_MS });
  await page.locator(".statusbar").getByText("2 ranks").waitFor();
  await takeInBothThemes(page, "ranks");
});

test("a rank's log is followed", async () => {
  const log = page.getByRole("tab", { name: /two #\w+ rank 1\.log/ });
  // A row that is drawn anew just when it is clicked does not hear it.
  await expect
    .poll(
      async () => {
        await row(/^rank 1/).click();
        return log.isVisible();
      },
      { interval: 2000 },
    )
    .toBe(true);
  await expect.poll(() => editor(page).textContent()).toMatch(/rank\s1\stook\sa\sstep/);
  const line = () =>
    page
      .locator(".statusbar")
      .getByText(/^Ln \d+/)
      .textContent();
  const before = await line();
  await expect.poll(line, { timeout: LONG_MS }).not.toBe(before);
});

test("the rank that fails is named, and its traceback leads into the script", async () => {
  writeFileSync(join(workspace.folder, "fail"), "");
  const message = page.getByRole("dialog").filter({ hasText: "Rank 1: ValueError: a row without a label" });
  await message.first().waitFor({ timeout: LONG_MS });
  await unfold(/two #.*Failed/);
  await row(/^rank 1.*ValueError: a row without a label/).waitFor();
  await takeInBothThemes(page, "rank-failed");
  await message.first().getByRole("button", { name: "Show Error" }).click();
  await page.getByRole("tab", { name: /two #\w+ rank 1\.traceback/ }).waitFor();
  await editor(page).getByText("ValueError: a row without a label").first().waitFor();
  await editor(page).locator(".detected-link").first().waitFor();
  await takeInBothThemes(page, "rank-traceback");
  expect(processesOf(onlyRun(workspace.folder).id)).toEqual([]);
});
