/** Settings that keep the workbench quiet and offline, and name the checkout's interpreters. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DAEMON_PYTHON } from "../setup/paths.mjs";

export const QUIET_SETTINGS = {
  "chat.disableAIFeatures": true,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "git.openRepositoryInParentFolders": "never",
  "remote.autoForwardPorts": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "workbench.enableExperiments": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
};

/** The daemon of this checkout; the setting is machine-scoped: no workspace can change it. */
export const DAEMON_SETTINGS = { "tunesmith.daemon.python": DAEMON_PYTHON };

/** A first window asks at once whether the folder is trusted, instead of a banner that is easily missed. */
export const FIRST_USER_SETTINGS = { "security.workspace.trust.startupPrompt": "always" };

/** For settings that the user may have changed since. */
export function writeFirstSettings(path, settings) {
  if (!existsSync(path)) writeSettings(path, settings);
}

export function writeSettings(path, settings) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(settings, null, 2)}\n`);
}
