/** P5: what a step costs more because Tunesmith looks on. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DAEMON_ENV, ROOT, TRAINING_PYTHON } from "../../.ci/setup/paths.mjs";
import { type Goal, type Measured, row } from "./row.ts";
import { median, quantile } from "./stats.ts";

const BLOCKS = 40;
const STEPS = 40;
const SCRIPT = join(ROOT, "tests", "bench", "step_blocks.py");
const TUNESMITH = join(DAEMON_ENV, "bin", "tunesmith");
/** The same for both: what Tunesmith sets by itself, and one thread. */
const ENV = { ...process.env, OMP_NUM_THREADS: "1", OMP_WAIT_POLICY: "PASSIVE" };
const PATIENCE_MS = 300_000;

/** Milliseconds: of each step, and of processor time a step. */
interface Block {
  steps: number[];
  processor: number;
}

interface Pair {
  ours: Block;
  plain: Block;
}

export async function measureSteps(say: (line: string) => void): Promise<Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), "tunesmith-bench-"));
  const plain = launch(folder);
  let run: string | undefined;
  try {
    run = start(folder);
    await appears(join(folder, "ready-plain"));
    await appears(join(folder, "ready-ours"));
    const pairs: Pair[] = [];
    for (let block = 0; block < BLOCKS; block++) {
      // Whoever is first in a pair changes, so that a drift of the machine favours nobody.
      const names = block % 2 ? ["ours", "plain"] : ["plain", "ours"];
      for (const name of names) await turn(folder, name, block);
      pairs.push({ ours: read(folder, "ours", block), plain: read(folder, "plain", block) });
    }
    return [
      figure("a step with all instrumentation, nothing attached", pairs, stepTime, say, GOAL),
      figure("… its processor time, which other work on the machine disturbs less", pairs, processor, say),
    ];
  } finally {
    plain.kill();
    if (run) execFileSync(TUNESMITH, ["stop", run, "--force", "--folder", folder]);
    rmSync(folder, { recursive: true, force: true });
  }
}

const GOAL: Goal = { text: "≤ 1.02 ×", most: 1.02, of: "ratio" };

const stepTime = (block: Block): number => median(block.steps);
const processor = (block: Block): number => block.processor;

/** The goal is held against the median of the pairs' ratios. */
function figure(
  what: string,
  pairs: Pair[],
  take: (block: Block) => number,
  say: (line: string) => void,
  goal?: Goal,
): Measured {
  const ratios = pairs.map(({ ours, plain }) => take(ours) / take(plain));
  const [low, high] = interval(ratios);
  const peer = median(pairs.map(({ plain }) => take(plain)));
  say(`${what}: ${median(ratios).toFixed(3)} × by ${pairs.length} pairs of blocks of ${STEPS} steps`);
  return row({
    what: `${what} (95 %: ${low.toFixed(3)} to ${high.toFixed(3)} ×)`,
    value: median(ratios) * peer,
    unit: "ms",
    peer: { name: "plain accelerate launch", value: peer },
    goal,
  });
}

/** Where the median of such samples lies in 95 of 100 drawings from this one. */
function interval(sample: number[]): [number, number] {
  const medians = Array.from({ length: 2000 }, () =>
    median(sample.map(() => sample[Math.floor(Math.random() * sample.length)] as number)),
  );
  return [quantile(medians, 0.025), quantile(medians, 0.975)];
}

function launch(folder: string): ChildProcess {
  const options = [
    "--num_processes",
    "1",
    "--num_machines",
    "1",
    "--mixed_precision",
    "no",
    "--dynamo_backend",
    "no",
  ];
  const script = [
    SCRIPT,
    "--folder",
    folder,
    "--name",
    "plain",
    "--blocks",
    `${BLOCKS}`,
    "--steps",
    `${STEPS}`,
  ];
  const module = ["-m", "accelerate.commands.launch"];
  return spawn(TRAINING_PYTHON, [...module, ...options, ...script], {
    cwd: folder,
    env: ENV,
    stdio: "ignore",
  });
}

/** The id of a run of the same script. */
function start(folder: string): string {
  const recipe = join(folder, "steps.train.yaml");
  const args = { folder, name: "ours", blocks: BLOCKS, steps: STEPS };
  writeFileSync(recipe, `script: ${JSON.stringify(SCRIPT)}\nargs: ${JSON.stringify(args)}\n`);
  const command = ["run", recipe, "--detach", "--interpreter", TRAINING_PYTHON];
  const said = execFileSync(TUNESMITH, command, { encoding: "utf8", env: ENV });
  return said.split("\n")[0]?.trim() ?? "";
}

async function turn(folder: string, name: string, block: number): Promise<void> {
  writeFileSync(join(folder, `go-${name}-${block}`), "");
  await appears(join(folder, `done-${name}-${block}.json`));
}

const read = (folder: string, name: string, block: number): Block =>
  JSON.parse(readFileSync(join(folder, `done-${name}-${block}.json`), "utf8"));

async function appears(file: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!existsSync(file)) {
    if (Date.now() > deadline) throw new Error(`${file} was not written`);
    await sleep(10);
  }
}
