/**
 * `npm run kill-matrix [-- --quick] [-- --repeat N] [-- --only WORDS]`: set-up, then everything that watches or
 * belongs to a run is killed at every moment; case by case it is said what that led to.
 */
import { spawn } from "node:child_process";
import * as at from "./setup/paths.mjs";
import { command, setUp } from "./setup.mjs";
import { KILL_MATRIX } from "./tests/suites.mjs";

command(async () => {
  await setUp({ browser: true });
  const args = [...KILL_MATRIX.args, ...process.argv.slice(2)];
  const child = spawn(KILL_MATRIX.command, args, {
    cwd: at.ROOT,
    env: { ...process.env, ...KILL_MATRIX.env },
    stdio: "inherit",
  });
  process.exitCode = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(signal ? 1 : code));
  });
});
