/** `npm run corpus [-- ARGUMENTS]`: set-up, then how much the validator catches and what it keeps quiet of. */
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import * as at from "./setup/paths.mjs";
import { command, setUp } from "./setup.mjs";

command(async () => {
  await setUp({ browser: false });
  const tests = join(at.ROOT, "tests");
  const child = spawn(at.DAEMON_PYTHON, ["-m", "corpus", ...process.argv.slice(2)], {
    cwd: process.env.INIT_CWD ?? at.ROOT,
    env: { ...process.env, PYTHONPATH: [tests, join(tests, "python")].join(delimiter) },
    stdio: "inherit",
  });
  process.exitCode = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(signal ? 1 : code));
  });
});
