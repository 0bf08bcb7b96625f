/** Runs one suite: a check is quiet unless it fails, a runner prints as it goes. */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { ROOT } from "../setup/paths.mjs";
import { readCounts } from "./junit.mjs";
import { reportPath } from "./suites.mjs";

const COUNT_OF = { true: { passed: 1, failed: 0, skipped: 0 }, false: { passed: 0, failed: 1, skipped: 0 } };

function runCommand({ command, args, cwd = ROOT, env = {}, kind }) {
  const quiet = kind === "check";
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: quiet ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
    });
    const chunks = [];
    for (const stream of quiet ? [child.stdout, child.stderr] : [])
      stream.on("data", (chunk) => chunks.push(chunk));
    const end = (passed, how) => resolve({ passed, how, output: Buffer.concat(chunks).toString() });
    child.on("error", (error) => end(false, `${command} could not be started: ${error.message}`));
    child.on("close", (code, signal) => end(code === 0, signal ? `ended by ${signal}` : `exit code ${code}`));
  });
}

/** What a runner reports; one failure more when it ended badly without naming a failed test. */
function runnerCounts(name, { passed }) {
  const counts = readCounts(reportPath(name)) ?? { passed: 0, failed: 0, skipped: 0 };
  if (!passed && counts.failed === 0) return { ...counts, failed: 1 };
  if (passed && counts.passed + counts.failed + counts.skipped === 0) return { ...counts, failed: 1 };
  return counts;
}

export async function runSuite(suite) {
  const since = Date.now();
  rmSync(reportPath(suite.name), { force: true });
  if (suite.kind === "runner") console.log(`\n── ${suite.title}`);
  const result = await runCommand(suite);
  const counts = suite.kind === "check" ? COUNT_OF[result.passed] : runnerCounts(suite.name, result);
  if (counts.failed > 0) {
    console.log(`\n✗ ${suite.title}: ${result.how}\n${result.output}`);
    if (suite.mend) console.log(`To mend: ${suite.mend}`);
  } else if (suite.kind === "check") {
    console.log(`✓ ${suite.title}`);
  }
  return { title: suite.title, name: suite.name, seconds: (Date.now() - since) / 1000, ...counts };
}
