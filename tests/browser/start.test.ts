/** `npm start` as a newcomer types it, where there is no desktop: a password, a trust question, the samples. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "../../.ci/setup/paths.mjs";
import { launchBrowser } from "../workbench/browser.ts";
import { openFile } from "../workbench/palette.ts";
import { waitForProblem } from "../workbench/problems.ts";

const UP_WITHIN_MS = 60_000;

let start: ChildProcess;
let printed = "";

beforeAll(() => {
  const env = { ...process.env, TUNESMITH_EDITOR: "code-server", PORT: "0" };
  start = spawn("npm", ["start", "--silent"], {
    cwd: ROOT,
    env,
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  start.stdout?.on("data", (chunk) => {
    printed += chunk;
  });
});

afterAll(() => {
  if (start.exitCode === null && start.signalCode === null && start.pid) process.kill(-start.pid, "SIGTERM");
});

test("npm start prints an address and a password that open the samples with the extension at work", async () => {
  await expect.poll(() => printed, { timeout: UP_WITHIN_MS }).toMatch(/Password, asked for once: \S+\n/);
  const address = /http:\/\/\S+/.exec(printed)?.[0] ?? "";
  const password = /asked for once: (\S+)/.exec(printed)?.[1] ?? "";
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(address);
    await page.locator("input[type=password]").fill(password);
    await page.locator("input[type=submit]").click();
    await page.getByRole("button", { name: /Yes, I trust/ }).click({ timeout: UP_WITHIN_MS });
    await openFile(page, "sentiment/with-a-mistake.train.yaml");
    await waitForProblem(page, "learning_rte");
  } finally {
    await browser.close();
  }
});

test("Ctrl-C ends it", async () => {
  const exited = once(start, "exit");
  process.kill(-(start.pid ?? 0), "SIGINT");
  await exited;
  // What it printed last may come after its end.
  await expect.poll(() => printed).toMatch(/Ended\./);
});
