/** What a person is told before the launch: hints beside settings, the tokens of a row, and a dry run. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SCREENSHOTS } from "../../.ci/setup/paths.mjs";
import { clickCodeLens, editor, goTo } from "../workbench/editor.ts";
import { openFile, runCommand } from "../workbench/palette.ts";
import { listRuns } from "../workbench/runs.ts";
import { take } from "../workbench/screenshots.ts";
import { startWorkbench, type Workbench } from "../workbench/workbench.ts";
import { copySample, type Workspace } from "../workbench/workspace.ts";

const LOADED_WITHIN_MS = 180_000;

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

test("settings say what they come to", async () => {
  await openFile(page, "sentiment.train.yaml");
  await editor(page).getByText("of 128 steps").first().waitFor();
  await editor(page).getByText("a process").first().waitFor();
  await take(page, "inlay-hints-light");
});

test("Dry Run shows its step and its first batch, and leaves no run", async () => {
  await clickCodeLens(page, "Dry Run");
  const frame = page.frameLocator("iframe.webview").frameLocator("iframe#active-frame");
  await frame.getByRole("heading", { name: "First batch" }).waitFor({ timeout: LOADED_WITHIN_MS });
  await frame.getByText("Optimizer states").waitFor();
  expect(listRuns(workspace.folder)).toEqual([]);
  await take(page, "dry-run-light");
});

test("a row of the data shows its tokens on hover", async () => {
  await openFile(page, "reviews.csv");
  await goTo(page, 2);
  const shown = page.locator(".monaco-hover").getByText("tokens").first();
  await expect
    .poll(
      async () => {
        await runCommand(page, "Show or Focus Hover");
        await shown.waitFor({ timeout: 20_000 }).catch(() => undefined);
        return shown.isVisible();
      },
      { timeout: LOADED_WITHIN_MS },
    )
    .toBe(true);
  // Not by `take`, which moves the pointer away: the hover would close.
  await page.screenshot({ path: join(SCREENSHOTS, "loss-mask-lens-light.png") });
});
