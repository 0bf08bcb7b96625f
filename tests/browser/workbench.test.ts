import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { editor, goTo, save, type } from "../workbench/editor.ts";
import { commandsFor, openFile } from "../workbench/palette.ts";
import { applyQuickFix, waitForNoProblem } from "../workbench/problems.ts";
import { descendants, extensionHost, waitUntilGone } from "../workbench/processes.ts";
import { wear } from "../workbench/theme.ts";
import { startWorkbench, type Workbench } from "../workbench/workbench.ts";
import { copySample, type Workspace } from "../workbench/workspace.ts";

let workspace: Workspace;
let workbench: Workbench;
let page: Page;

beforeAll(async () => {
  workspace = copySample();
  writeFileSync(join(workspace.folder, "style.css"), "main {\n  colr: red;\n}\n");
  workbench = await startWorkbench({ folder: workspace.folder });
  page = await workbench.open();
});

afterAll(async () => {
  await workbench?.close();
  workspace?.remove();
});

test("a folder opens with its files", async () => {
  await page.getByRole("treeitem", { name: "README.md" }).waitFor();
});

test("problems are listed and a quick fix mends them", async () => {
  await openFile(page, "style.css");
  await applyQuickFix(page, "colr", /^Rename to 'color'/);
  await waitForNoProblem(page, "colr");
  await goTo(page, 2, 1);
  await type(page, "  margin: 0;");
  await save(page);
  expect(await editor(page).locator(".view-lines").textContent()).toMatch(/margin:\s0;/);
});

test("the palette lists the workbench's commands", async () => {
  expect(await commandsFor(page, "Problems: Focus")).toContain("Problems: Focus on Problems View");
});

test("the window wears a dark and a light theme", async () => {
  await wear(page, "dark");
  await wear(page, "light");
});

test("closing ends the server, its extension host and all they started", async () => {
  const second = await startWorkbench({ folder: workspace.folder });
  await second.open();
  const host = await extensionHost(second.server);
  const all = [second.server.pid, ...descendants(second.server.pid).map(({ pid }) => pid)];
  expect(all).toContain(host);
  await second.close();
  await waitUntilGone(all);
});
