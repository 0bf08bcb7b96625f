/** From sources to an installed extension: build, .vsix, workbench. */
import { join } from "node:path";
import {
  CODE_SERVER,
  EXTENSION,
  nodeTool,
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
