/** P10: what the supervisor of a run costs while two ranks train. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DAEMON_ENV, ROOT, TRAINING_PYTHON } from "../../.ci/setup/paths.mjs";
import { type Measured, row } from "./row.ts";

const SECONDS = 60;
const PATIENCE_MS = 300_000;
const SCRIPT = join(ROOT, "tests", "python", "fixtures", "scripts", "two_ranks.py");
const TUNESMITH = join(DAEMON_ENV, "bin", "tunesmith");

export async function measureSupervisor(say: (line: string) => void): Promise<Measured[]> {
  if (!existsSync("/proc/self/schedstat")) throw new Error("Only Linux says what a process has used");
  const folder = mkdtempSync(join(tmpdir(), "tunesmith-bench-"));
  const recipe = join(folder, "steps.train.yaml");
  writeFileSync(recipe, `script: ${JSON.stringify(SCRIPT)}\naccelerate: {num_processes: 2}\n`);
  const command = ["run", recipe, "--detach", "--interpreter", TRAINING_PYTHON];
  const [id = "", run = ""] = execFileSync(TUNESMITH, command, { encoding: "utf8" }).split("\n");
  try {
    await appears(join(run, "progress.jsonl"), '"training"');
    const pid: number = JSON.parse(
      readFileSync(join(run, "attempts", "1", "started.json"), "utf8"),
    ).supervisor;
    // What it does at first, like finding out what a look costs, is no part of a run of hours.
    await sleep(10_000);
    const before = used(pid);
    const since = performance.now();
    await sleep(SECONDS * 1000);
    const share = (100 * (used(pid) - before)) / (performance.now() - since);
    const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).length;
    say(`${SECONDS} s beside two ranks of 10 ms steps, on a machine with ${processes} processes`);
    return [
      row({
        what: "memory of a supervisor, resident at most",
        value: megabytes(pid, "VmHWM"),
        unit: "MB",
        goal: { text: "≤ 20 MB", most: 20, of: "value" },
      }),
      row({
        what: "… of which it shares with nobody and no file",
        value: megabytes(pid, "RssAnon"),
        unit: "MB",
      }),
      row({
        what: "its processor time while two ranks train",
        value: share,
        unit: "% of a core",
        goal: { text: "≤ 0.3 %", most: 0.3, of: "value" },
      }),
    ];
  } finally {
    execFileSync(TUNESMITH, ["stop", id, "--force", "--folder", folder]);
    await appears(join(run, "attempts", "1", "exit.json"), "cause");
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds on a processor so far, of all its threads. */
function used(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = tasks.map((task) =>
    Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]),
  );
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
}

function megabytes(pid: number, key: string): number {
  const line = readFileSync(`/proc/${pid}/status`, "utf8").match(new RegExp(`^${key}:\\s+(\\d+) kB`, "m"));
  return Number(line?.[1]) / 1024;
}

async function appears(file: string, word: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!existsSync(file) || !readFileSync(file, "utf8").includes(word)) {
    if (Date.now() > deadline) throw new Error(`${file} never had ${word}`);
    await sleep(50);
  }
}
