/** A real Slurm of two nodes on this machine, for tests that submit to it. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DAEMON_PYTHON, ROOT } from "../../.ci/setup/paths.mjs";

const SKIPPED = 77;

export interface Cluster {
  /** What one of Slurm's commands prints. */
  ask(command: string, ...options: string[]): string;
  stop(): Promise<void>;
}

/** With a recipe in `folder` that trains there. The reason, where no cluster can be started. */
export async function startCluster(folder: string): Promise<Cluster | string> {
  const script = join(ROOT, "tests", "python", "slurm", "serve.py");
  const child = spawn(DAEMON_PYTHON, [script, folder], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close");
  const [said] = (await once(createInterface(child.stdout), "line")) as [string];
  if (!said.startsWith("{")) {
    const [code] = await ended;
    if (code === SKIPPED) return said;
    throw new Error(`The cluster did not start: ${said}`);
  }
  // What is started from here on, the workbench first, finds the cluster by these.
  Object.assign(process.env, JSON.parse(said));
  return {
    ask: (command, ...options) => execFileSync(command, options, { encoding: "utf8" }).trim(),
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
