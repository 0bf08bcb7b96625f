/** A whole workbench for one test file: a server, a browser and windows on a workspace folder. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { type CodeServer, startCodeServer } from "../../.ci/workbench/code-server.mjs";
import { launchBrowser } from "./browser.ts";
import { THEMES } from "./theme.ts";
import { TRAINING_PYTHON } from "./training.ts";
import { openWindow } from "./window.ts";

export interface Workbench {
  server: CodeServer;
  browser: Browser;
  /** Opens another window on the folder; close the page to close the window. */
  open(): Promise<Page>;
  /** Another server with the state of the one before, which has ended. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface WorkbenchOptions {
  /** A folder, or a .code-workspace file that names several. */
  folder: string;
  /** False: the window asks whether the folder is trusted, as a user's does. */
  trusted?: boolean;
  /** Another folder of installed extensions than the checkout's. */
  extensions?: string;
  userSettings?: Record<string, unknown>;
  machineSettings?: Record<string, unknown>;
  /** Variables of the server and of all that it starts. */
  env?: Record<string, string>;
}

export async function startWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const { folder, trusted = true, extensions } = options;
  const home = mkdtempSync(join(tmpdir(), "tunesmith-workbench-"));
  const cache = join(home, "cache");
  mkdirSync(cache);
  const start = () =>
    startCodeServer({
      home,
      folder,
      trusted,
      ...(extensions ? { extensions } : {}),
      env: { HOME: home, XDG_CACHE_HOME: cache, ...options.env },
      userSettings: {
        "workbench.colorTheme": THEMES.light.name,
        "editor.hover.delay": 100,
        // A notice of an end that went well would lie over what a test looks at.
        "tunesmith.notifications": "failures",
        // Launched beside every training it would take the processors from the tests.
        "tunesmith.parkedStart.enabled": false,
        ...options.userSettings,
      },
      machineSettings: { "tunesmith.trainingInterpreter": TRAINING_PYTHON, ...options.machineSettings },
    });
  const server = await start();
  const browser = await launchBrowser().catch(async (error) => {
    await server.stop();
    throw error;
  });
  const workbench: Workbench = {
    server,
    browser,
    open: () => openWindow(browser, workbench.server, folder),
    restart: async () => {
      workbench.server = await start();
    },
    close: async () => {
      await browser.close();
      await workbench.server.stop();
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
  return workbench;
}
