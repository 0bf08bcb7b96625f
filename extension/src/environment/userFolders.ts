// Where this user's Tunesmith keeps what belongs to no workspace: the same places as the daemon's.
import { homedir } from "node:os";
import { join } from "node:path";

/** What must outlive an installation. */
export function userData(env: NodeJS.ProcessEnv = process.env, home = homedir()): string {
  const base =
    process.platform === "darwin"
      ? join(home, "Library", "Application Support")
      : join(home, ".local", "share");
  return join(env.XDG_DATA_HOME || base, "tunesmith");
}

/** The daemon's logs. */
export function userLogs(env: NodeJS.ProcessEnv = process.env, home = homedir()): string {
  const base = process.platform === "darwin" ? join(home, "Library", "Logs") : join(home, ".local", "state");
  return join(env.XDG_STATE_HOME || base, "tunesmith");
}
