/** From sources to an installed extension: build, .vsix, workbench. */
import { join } from "node:path";
import { packageTarget } from "../package/vsix.mjs";
import { buildOwnWheel } from "../package/wheels.mjs";
import {
  CACHE,
  CODE_SERVER,
  EXTENSION,
  nodeTool,
  PACKAGED_VSIX,
  VSIX,
  WORKBENCH,
  WORKBENCH_EXTENSIONS,
  workbenchNode,
} from "./paths.mjs";

export function buildExtension({ run }) {
  return run("npm", ["run", "build"], { cwd: EXTENSION });
}

export function packageExtension({ run }) {
  const options = ["--no-dependencies", "--allow-missing-repository", "--skip-license", "--out", VSIX];
  return run(nodeTool("vsce"), ["package", ...options], { cwd: EXTENSION });
}

/** The package that the tests install: this machine's, for this Python alone, which is made in seconds. */
export async function packageForTests(log, target, python) {
  const own = await buildOwnWheel(log, join(CACHE, "package", "tests", "own"));
  const pythons = [`${python.major}.${python.minor}`];
  await packageTarget(log, target, { pythons, own, out: PACKAGED_VSIX, say: log.say });
}

export async function installExtension({ run }) {
  const entry = join(CODE_SERVER, "out", "node", "entry.js");
  const home = join(WORKBENCH, "home");
  const folders = ["--user-data-dir", join(home, "user-data"), "--extensions-dir", WORKBENCH_EXTENSIONS];
  const env = { HOME: home, XDG_CONFIG_HOME: join(home, "config"), XDG_DATA_HOME: join(home, "data") };
  await run(
    join(workbenchNode(), "bin", "node"),
    [entry, ...folders, "--install-extension", VSIX, "--force"],
    { env },
  );
}
