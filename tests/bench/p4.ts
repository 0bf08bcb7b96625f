/** P4: `tunesmith check` over many files, as a process: how many a second, and whether more take longer each. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DAEMON_PYTHON, TRAINING_PYTHON } from "../../.ci/setup/paths.mjs";
import { writeRecipes } from "./recipes.ts";
import { type Measured, row } from "./row.ts";
import { median } from "./stats.ts";

const ROUNDS = 5;
/** The first is the start: every rule has run, and next to no time goes to the files. */
const COUNTS = [10, 250, 1000] as const;

interface Project {
  what: string;
  folder: string;
  cache: string;
  remove(): void;
}

const ARGUMENTS = (number: number): string => `model_name_or_path: gpt2
learning_rate: 5.0e-5
num_train_epochs: ${number}
per_device_train_batch_size: 16
per_device_eval_batch_size: 32
eval_strategy: epoch
save_strategy: epoch
logging_steps: 10
deepspeed: ds.json
seed: ${number}
`;

/** Hugging Face arguments, each with the DeepSpeed file that all of them name. */
function writeArguments(count: number): Project {
  const root = mkdtempSync(join(tmpdir(), "tunesmith-bench-"));
  const [folder, cache] = [join(root, "project"), join(root, "cache")];
  for (const each of [folder, cache]) mkdirSync(each);
  writeFileSync(join(folder, "ds.json"), '{"train_batch_size": "auto", "zero_optimization": {"stage": 2}}\n');
  for (let number = 1; number < count; number++) {
    writeFileSync(join(folder, `train-${number}.yaml`), ARGUMENTS(number));
  }
  return { what: "Hugging Face arguments", folder, cache, remove: () => rmSync(root, { recursive: true }) };
}

export async function measureChecking(say: (line: string) => void): Promise<Measured[]> {
  const found: Measured[] = [];
  for (const write of [(count: number) => ({ what: "recipes", ...writeRecipes(count) }), writeArguments]) {
    const projects = COUNTS.map((count) => write(count));
    try {
      found.push(...(await measured(projects, say)));
    } finally {
      for (const project of projects) project.remove();
    }
  }
  return found;
}

async function measured(projects: Project[], say: (line: string) => void): Promise<Measured[]> {
  const seconds: number[][] = projects.map(() => []);
  // The first round fills the caches, and does not count.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, project] of projects.entries()) {
      const took = await check(project, COUNTS[index] ?? 0);
      if (round > 0) seconds[index]?.push(took);
    }
  }
  // What else the machine does only ever adds, so that differences are taken between the fastest rounds.
  const [start, some, all] = seconds.map((each) => Math.min(...each)) as [number, number, number];
  const [fewer, more] = [COUNTS[1] - COUNTS[0], COUNTS[2] - COUNTS[0]];
  const what = projects[0]?.what ?? "";
  say(
    `${what}: ${COUNTS.map((count, index) => `${count} in ${(seconds[index] ?? []).map((one) => one.toFixed(1))} s`).join("; ")}`,
  );
  return [
    row({
      what: `tunesmith check over ${COUNTS[2]} ${what}, each with its start, median of ${ROUNDS}`,
      value: (1000 * median(seconds[2] ?? [])) / COUNTS[2],
      unit: "ms a file",
      goal: { text: "≤ 5 (200 files/s)", most: 5, of: "value" },
    }),
    row({
      what: `a file of ${COUNTS[2]} ${what} beside one of ${COUNTS[1]}, without the start, fastest of ${ROUNDS}`,
      value: (all - start) / more / ((some - start) / fewer),
      unit: "×",
      goal: { text: "linear: ≤ 1.2", most: 1.2, of: "value" },
    }),
  ];
}

/** Seconds from the start of the process to its end; all files must have been checked. */
function check({ folder, cache }: Project, count: number): Promise<number> {
  const command = ["-m", "tunesmith", "check", folder, "--interpreter", TRAINING_PYTHON];
  const start = performance.now();
  const child = spawn(DAEMON_PYTHON, command, {
    cwd: folder,
    env: { ...process.env, XDG_CACHE_HOME: cache },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", () => {
      const took = (performance.now() - start) / 1000;
      const whole = said.includes(`${count.toLocaleString("en")} files checked`);
      if (whole) done(took);
      else fail(new Error(`tunesmith check did not check ${count} files: ${said.slice(-300)}`));
    });
  });
}
