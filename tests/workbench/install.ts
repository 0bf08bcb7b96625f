/** A folder of extensions of its own, with one that was packed. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CODE_SERVER, workbenchNode } from "../../.ci/setup/paths.mjs";

export interface Installed {
  folder: string;
  remove(): void;
}

/** Installs as `--install-extension` does for a user. */
export function installVsix(vsix: string): Installed {
  const root = mkdtempSync(join(tmpdir(), "tunesmith-extensions-"));
  const folder = join(root, "extensions");
  const entry = join(CODE_SERVER, "out", "node", "entry.js");
  const places = ["--user-data-dir", join(root, "user-data"), "--extensions-dir", folder];
  const env = { ...process.env, HOME: root, XDG_CONFIG_HOME: root, XDG_DATA_HOME: root };
  execFileSync(join(workbenchNode(), "bin", "node"), [entry, ...places, "--install-extension", vsix], {
    env,
  });
  return { folder, remove: () => rmSync(root, { recursive: true, force: true }) };
}
