/** Runs as the command line tells them, and the processes that belong to one. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DAEMON_PYTHON } from "../../.ci/setup/paths.mjs";
import type { Run } from "../../extension/src/protocol.gen.ts";

export function listRuns(folder: string): Run[] {
  const output = execFileSync(DAEMON_PYTHON, ["-m", "tunesmith", "runs", folder, "--json"], {
    encoding: "utf8",
  });
  return JSON.parse(output) as Run[];
}

export function onlyRun(folder: string): Run {
  const [run, ...others] = listRuns(folder);
  if (!run || others.length > 0)
    throw new Error(`Expected one run in ${folder}, found ${others.length + (run ? 1 : 0)}`);
  return run;
}

export const runFolder = (folder: string, id: string): string => join(folder, ".tunesmith", "runs", id);

/** Living processes that carry the run's id in their environment, on Linux: supervisor, launcher and ranks. */
export function processesOf(id: string): number[] {
  const mark = `TUNESMITH_RUN=${id}`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(mark);
      } catch {
        return false; // It ended while we looked, or it is not ours.
      }
    })
    .map(Number);
}

/** Ends what still trains in `folder`: a run that a failed test leaves behind would slow all that follow. */
export function endRuns(folder: string): void {
  const runs = join(folder, ".tunesmith", "runs");
  for (const pid of (existsSync(runs) ? readdirSync(runs) : []).flatMap(processesOf)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      // It ended by itself; that is all that is forgiven.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
