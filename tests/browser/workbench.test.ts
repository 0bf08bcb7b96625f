import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { goTo, save, type } from "../workbench/editor.ts";
import { commandsFor, openFile } from "../workbench/palette.ts";
import { applyQuickFix, waitForNoProblem } from "../workbench/problems.ts";
import { descendants, extensionHost, waitUntilGone } from "../workbench/processes.ts";
import { wear } from "../workbench/theme.ts";
import { startWorkbench, type Workbench } from "../workbench/workbench.ts";
import { copySample, type Workspace } from "../workbench/workspace.ts";

let workspace: Workspace;
let workbench: Workbench;
let page: Page;
let style: string;

beforeAll(async () => {
  workspace = copySample();
  style = join(workspace.folder, "style.css");
  writeFileSync(style, "main {\n  colr: red;\n}\n");
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
  await expect.poll(() => readFileSync(style, "utf8")).toBe("main {\n  margin: 0;  color: red;\n}\n");
});

test("the palette lists the workbench's commands", async () => {
  expect(await commandsFor(page, "Problems: Focus")).toContain("Problems: Focus on Problems View");
});

test("the window wears a dark and a light theme", async () => {
  await wear(page, "dark");
  await wear(page, "light");
});

test("closing ends the server, its extension host and all they started", async () => {
  const { server } = workbench;
  const host = await extensionHost(server);
  const all = [server.pid, ...descendants(server.pid).map(({ pid }) => pid)];
  expect(all).toContain(host);
  await workbench.close();
  await waitUntilGone(all);
});
