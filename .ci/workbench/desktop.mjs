/** The user's desktop VS Code, with user data and extensions of its own: never the user's profile. */
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { CACHE, SAMPLES, VSIX } from "../setup/paths.mjs";
import { which } from "../setup/system.mjs";
import { DAEMON_SETTINGS, QUIET_SETTINGS, writeSettings } from "./settings.mjs";

/** Path of `code` when it can open a window here: not over SSH, not without a display. */
export function findDesktop() {
  const code = which("code");
  if (!code || process.env.TUNESMITH_EDITOR === "code-server") return undefined;
  if (process.platform === "darwin") return process.env.SSH_CONNECTION ? undefined : code;
  return process.env.DISPLAY || process.env.WAYLAND_DISPLAY ? code : undefined;
}

export function openDesktop(code) {
  const home = join(CACHE, "desktop");
  writeSettings(join(home, "user-data", "User", "settings.json"), { ...QUIET_SETTINGS, ...DAEMON_SETTINGS });
  const profile = ["--user-data-dir", join(home, "user-data"), "--extensions-dir", join(home, "extensions")];
  const install = spawnSync(code, [...profile, "--install-extension", VSIX, "--force"], { stdio: "inherit" });
  if (install.status !== 0) {
    throw new Error(
      `${code} could not install ${VSIX} (exit code ${install.status}). To use the browser instead: TUNESMITH_EDITOR=code-server npm start`,
    );
  }
  spawn(code, [...profile, "--new-window", SAMPLES], { detached: true, stdio: "ignore" }).unref();
  console.log(`VS Code opens on ${SAMPLES}, with a profile of its own in ${home}.`);
}
