/** The package as a newcomer installs it: no daemon anywhere, no network, a question, and then it works. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PACKAGED_VSIX } from "../../.ci/setup/paths.mjs";
import { editor } from "../workbench/editor.ts";
import { type Installed, installVsix } from "../workbench/install.ts";
import { type NoNetwork, noNetwork } from "../workbench/network.ts";
import { openFile, runCommand } from "../workbench/palette.ts";
import { waitForProblem } from "../workbench/problems.ts";
import { daemon, descendants, listProcesses } from "../workbench/processes.ts";
import { takeInBothThemes } from "../workbench/screenshots.ts";
import { startWorkbench, type Workbench } from "../workbench/workbench.ts";
import { copySample, type Workspace } from "../workbench/workspace.ts";

const SET_UP_WITHIN_MS = 120_000;
/** What the workbench itself asks for, whatever its settings say. */
const OF_THE_WORKBENCH = /\.exp-tas\.|\.events\.data\./;

let workspace: Workspace;
let installed: Installed;
let network: NoNetwork;
let workbench: Workbench;
let page: Page;

beforeAll(async () => {
  workspace = copySample();
  installed = installVsix(PACKAGED_VSIX);
  network = await noNetwork();
  workbench = await startWorkbench({
    folder: workspace.folder,
    extensions: installed.folder,
    machineSettings: { "tunesmith.daemon.python": "" },
    env: { ...network.env, TUNESMITH_DAEMON_PYTHON: "" },
  });
  page = await workbench.open();
});

afterAll(async () => {
  await workbench?.close();
  installed?.remove();
  workspace?.remove();
  network?.close();
});

const question = () => page.locator(".notification-toast").filter({ hasText: "Set up Tunesmith?" });

const environments = (): string[] => {
  const storage = join(workbench.server.home, "user-data", "User", "globalStorage", "tunesmith.tunesmith");
  return readdirSync(join(storage, "daemon")).map((name) => join(storage, "daemon", name));
};

test("it asks before it makes anything", async () => {
  await openFile(page, "with-a-mistake.train.yaml");
  await question().waitFor();
  await runCommand(page, "View: Show Tunesmith");
  await page.getByText("Tunesmith is not set up yet.").waitFor();
  await page.getByText("choose the Python").waitFor();
  await page.getByRole("button", { name: /Set up Tunesmith/ }).waitFor();
  await takeInBothThemes(page, "package-asks");
  expect(environments).toThrow(/ENOENT/);
  expect(descendants(workbench.server.pid).filter(({ command }) => /tunesmith lsp/.test(command))).toEqual(
    [],
  );
});

test("after the consent the daemon comes up from what was carried, and a mistake is underlined", async () => {
  // Of the view: the question hides after a while.
  await page.locator(".pane-body").getByRole("button", { name: "Set Up" }).click();
  const pid = await daemon(workbench.server, SET_UP_WITHIN_MS);
  const { command } = listProcesses().find((each) => each.pid === pid) ?? { command: "" };
  const made = environments().filter((path) => /\/[0-9a-f]{16}$/.test(path));
  expect(made).toHaveLength(1);
  expect(command.startsWith(`${made[0]}/bin/python `)).toBe(true);
  await waitForProblem(page, "learning_rte");
  await editor(page).locator(".squiggly-error").first().waitFor();
  await takeInBothThemes(page, "package-works");
  expect(network.asked.filter((line) => !OF_THE_WORKBENCH.test(line))).toEqual([]);
});

test("diagnostics tell of all of it, and not where home is", async () => {
  await runCommand(page, "Tunesmith: Collect Diagnostics");
  await page.getByRole("tab", { name: /Untitled/, selected: true }).waitFor();
  await takeInBothThemes(page, "package-diagnostics");
  await page.setViewportSize({ width: 1400, height: 2600 });
  await editor(page).getByText("is tunesmith 0.1.0 on Python").first().waitFor();
  const text = (await editor(page).locator(".view-lines").innerText()).replaceAll("\u00a0", " ");
  expect(text).toContain("# Tunesmith diagnostics");
  expect(text).toContain("~/user-data/User/globalStorage/tunesmith.tunesmith/daemon/");
  expect(text).not.toContain(workbench.server.home);
});

test("the next window starts it without a question", async () => {
  const before = environments();
  await page.close();
  page = await workbench.open();
  await openFile(page, "with-a-mistake.train.yaml");
  await waitForProblem(page, "learning_rte");
  expect(await question().count()).toBe(0);
  expect(environments()).toEqual(before);
});
