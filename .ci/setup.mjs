/** Sets up the checkout: environments, packages, workbench, sample, extension. Repeatable; a second run takes seconds. */
import { fileURLToPath } from "node:url";
import { endRunningCommands } from "./setup/command.mjs";
import { openDisplay } from "./setup/display.mjs";
import { runSteps } from "./setup/graph.mjs";
import { takeLock } from "./setup/lock.mjs";
import { findPython } from "./setup/python.mjs";
import { stepTable } from "./setup/steps.mjs";
import { planSystemPackages } from "./setup/system.mjs";

function checkPlatform() {
  if (process.platform === "win32")
    throw new Error("Windows alone is not supported here. Use WSL, then run this again.");
  const [major] = process.versions.node.split(".").map(Number);
  if (major < 20)
    throw new Error(
      `Node 20 or newer is needed; this is ${process.version}. Install it, then run this again.`,
    );
}

/** `browser`: whether the tests' Chromium is wanted too; `all`: what only `npm run test:all` needs. */
export async function setUp({ browser, all = false }) {
  checkPlatform();
  const since = Date.now();
  const python = findPython();
  const systemPackages = await planSystemPackages(python, { browser });
  const release = await takeLock();
  const display = openDisplay();
  try {
    const count = await runSteps(stepTable({ python, systemPackages, browser, all }), display);
    const took = `${((Date.now() - since) / 1000).toFixed(1)} s`;
    display.close();
    console.log(count === 0 ? `Set-up is current (${took}).` : `Set-up done in ${took}.`);
  } finally {
    display.close();
    release();
  }
}

/** Runs a command's main with one way of failing: a message, not a stack, and what was started is ended. */
export function command(main) {
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => {
      endRunningCommands();
      process.exit(signal === "SIGINT" ? 130 : 143);
    });
  }
  main().catch((error) => {
    console.error(`\n${process.env.DEBUG ? error.stack : error.message}`);
    process.exitCode = 1;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) command(() => setUp({ browser: true }));
