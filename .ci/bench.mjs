/** `npm run bench [-- ARGUMENTS]`: set-up, then the benchmarks, under the workbench's Node, which reads TypeScript. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ROOT, workbenchNode } from "./setup/paths.mjs";
import { command, setUp } from "./setup.mjs";

command(async () => {
  await setUp({ browser: true });
  const run = join(ROOT, "tests", "bench", "run.mjs");
  const args = ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", run, ...process.argv.slice(2)];
  const child = spawn(join(workbenchNode(), "bin", "node"), args, { stdio: "inherit" });
  process.exitCode = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(signal ? 1 : code));
  });
});
