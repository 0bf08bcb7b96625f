/** A workspace with many runs, some of them alive as small processes that take a step a second. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DAEMON_PYTHON, ROOT } from "../../.ci/setup/paths.mjs";

export class ManyRuns {
  /** The workspace folder that the runs belong to. */
  readonly folder: string;
  readonly cache: string;
  private readonly root: string;
  private readonly child: ChildProcess;

  private constructor(runs: number, alive: number) {
    this.root = mkdtempSync(join(tmpdir(), "tunesmith-bench-"));
    this.folder = join(this.root, "project");
    this.cache = join(this.root, "cache");
    mkdirSync(this.folder);
    const script = join(ROOT, "tests", "bench", "write_tree.py");
    const args = [script, this.folder, String(runs), String(alive)];
    this.child = spawn(DAEMON_PYTHON, args, { stdio: ["pipe", "pipe", "inherit"] });
  }

  static async write(runs: number, alive: number): Promise<ManyRuns> {
    const made = new ManyRuns(runs, alive);
    const { stdout } = made.child;
    if (!stdout) throw new Error("The writer of the runs has no output");
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: stdout }).once("line", () => resolve());
      made.child.once("exit", (code) => reject(new Error(`The writer of the runs ended with ${code}`)));
    });
    return made;
  }

  async remove(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once("close", resolve));
    this.child.stdin?.end();
    await ended;
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
