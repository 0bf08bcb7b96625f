/** The package as a newcomer installs it: no daemon anywhere, no network, a question, and then it works. */
import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
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

/** The view's button: the question hides after a while. */
const setUp = () => page.locator(".pane-body").getByRole("button", { name: "Set Up" });

const storage = () =>
  join(workbench.server.home, "user-data", "User", "globalStorage", "tunesmith.tunesmith", "daemon");

const environments = (): string[] =>
  readdirSync(storage())
    .filter((name) => !name.endsWith(".json"))
    .map((name) => join(storage(), name));

const daemons = () =>
  descendants(workbench.server.pid).filter(({ command }) => /tunesmith lsp/.test(command));

test("it asks before it makes anything", async () => {
  // It hides after a while, so it is looked at first.
  await question().waitFor();
  await openFile(page, "with-a-mistake.train.yaml");
  await runCommand(page, "View: Show Tunesmith");
  await page.getByText("Tunesmith is not set up yet.").waitFor();
  await page.getByText("choose the Python").waitFor();
  await page.getByRole("button", { name: /Set up Tunesmith/ }).waitFor();
  await takeInBothThemes(page, "package-asks");
  expect(existsSync(storage())).toBe(false);
  expect(daemons()).toEqual([]);
});

test("a set-up that is cancelled leaves nothing, and can be had again", async () => {
  await setUp().click();
  const progress = page.locator(".notification-toast").filter({ hasText: "Setting up Tunesmith" });
  await progress.getByRole("button", { name: "Cancel" }).click();
  await progress.waitFor({ state: "detached" });
  await page.getByRole("button", { name: /Set up Tunesmith/ }).waitFor();
  expect(environments()).toEqual([]);
  expect(daemons()).toEqual([]);
});

test("after the consent the daemon comes up from what was carried, and a mistake is underlined", async () => {
  await setUp().click();
  const pid = await daemon(workbench.server, SET_UP_WITHIN_MS);
  const { command } = listProcesses().find((each) => each.pid === pid) ?? { command: "" };
  expect(environments()).toHaveLength(1);
  expect(command.startsWith(`${environments()[0]}/bin/python `)).toBe(true);
  await waitForProblem(page, "learning_rte");
  await editor(page).locator(".squiggly-error").first().waitFor();
  await takeInBothThemes(page, "package-works");
  expect(network.asked.filter((line) => !OF_THE_WORKBENCH.test(line))).toEqual([]);
});

test("diagnostics tell of all of it, and not where home is", async () => {
  await runCommand(page, "Tunesmith: Collect Diagnostics");
  await page.getByRole("tab", { name: /Untitled/, selected: true }).waitFor();
  await page.setViewportSize({ width: 1400, height: 2600 });
  await editor(page).getByText("is tunesmith 0.1.0 on Python").first().waitFor();
  const text = (await editor(page).locator(".view-lines").innerText()).replaceAll("\u00a0", " ");
  expect(text).toContain("# Tunesmith diagnostics");
  expect(text).toContain("~/user-data/User/globalStorage/tunesmith.tunesmith/daemon/");
  expect(text).not.toContain(workbench.server.home);
});

test("newer wheels are set up without a question, and the older environment goes", async () => {
  const [made = ""] = environments();
  await page.close();
  const older = join(dirname(made), "0".repeat(16));
  renameSync(made, older);
  writeFileSync(
    join(older, "environment.json"),
    JSON.stringify({ wheels: "older", resolved: "/", created: 1 }),
  );
  rmSync(join(older, "in-use"), { recursive: true });
  page = await workbench.open();
  await openFile(page, "with-a-mistake.train.yaml");
  await expect.poll(environments, { timeout: SET_UP_WITHIN_MS }).toContain(made);
  await waitForProblem(page, "learning_rte");
  expect(await question().count()).toBe(0);
  await expect.poll(environments, { timeout: SET_UP_WITHIN_MS }).toEqual([made]);
});
