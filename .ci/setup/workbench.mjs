/** code-server with the Node release it needs, from tests/workbench's lock, into .cache/workbench. */
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { CODE_SERVER, ROOT, WORKBENCH, workbenchNode } from "./paths.mjs";

/** Without spdlog output channels stay empty; without the watchdog an orphaned extension host lives on. */
const COMPILED = ["@vscode/spdlog", "@vscode/native-watchdog"];

export async function installWorkbench({ run }, python) {
  mkdirSync(WORKBENCH, { recursive: true });
  for (const name of ["package.json", "package-lock.json"]) {
    copyFileSync(join(ROOT, "tests", "workbench", name), join(WORKBENCH, name));
  }
  copyFileSync(join(ROOT, ".npmrc"), join(WORKBENCH, ".npmrc"));
  await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: WORKBENCH });

  const node = workbenchNode();
  const env = {
    PATH: [join(node, "bin"), process.env.PATH].join(delimiter),
    PYTHON: python.executable,
    // Headers come with the release, so the compiler's helper fetches none.
    ...(existsSync(join(node, "include", "node")) ? { npm_config_nodedir: node } : {}),
  };
  const cwd = join(CODE_SERVER, "lib", "vscode");
  await run("npm", ["install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd, env });
  await run("npm", ["rebuild", "--ignore-scripts=false", ...COMPILED], { cwd, env });
}
