/** Runs that are written while we watch, and when each event was written. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DAEMON_PYTHON, ROOT } from "../../.ci/setup/paths.mjs";

export const RUNS = 4;
export const STEPS_PER_SECOND = 5;
export const TAG = "train/loss";

/** `at`: milliseconds since the epoch. */
export interface Seen {
  run: string;
  step: number;
  at: number;
}

export class Streams {
  /** The workspace folder that the runs belong to. */
  readonly folder: string;
  readonly written: Seen[] = [];
  private readonly root: string;
  private readonly child: ChildProcess;

  constructor() {
    this.root = mkdtempSync(join(tmpdir(), "tunesmith-bench-"));
    this.folder = join(this.root, "project");
    mkdirSync(this.folder);
    writeFileSync(join(this.folder, "bench.train.yaml"), "task: text-classification\n");
    const script = join(ROOT, "tests", "bench", "stream_runs.py");
    const args = [script, this.folder, String(RUNS), String(STEPS_PER_SECOND)];
    const child = spawn(DAEMON_PYTHON, args, { stdio: ["pipe", "pipe", "inherit"] });
    createInterface({ input: child.stdout }).on("line", (line) =>
      this.written.push(JSON.parse(line) as Seen),
    );
    this.child = child;
  }

  get runs(): Set<string> {
    return new Set(this.written.map(({ run }) => run));
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    if (this.child.exitCode === null) {
      this.child.stdin?.end();
      await ended;
    }
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/**
 * Milliseconds from each event written between `from` and `to` until its step, or a later one, was seen.
 * Throws when one was never seen.
 */
export function delays(written: Seen[], seen: Seen[], from: number, to: number): number[] {
  return written
    .filter(({ at }) => at >= from && at <= to)
    .map((event) => {
      const first = seen.find(({ run, step }) => run === event.run && step >= event.step);
      if (!first) throw new Error(`Step ${event.step} of ${event.run} was written and never seen`);
      return first.at - event.at;
    });
}
