/** TensorBoard with its Rust data server, asked over HTTP as its own page asks. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { TRAINING_ENV } from "../../.ci/setup/paths.mjs";
import { freePort } from "../../.ci/workbench/port.mjs";
import { type Seen, type Streams, TAG } from "./streams.ts";

const UP_WITHIN_MS = 60_000;
const BETWEEN_ASKS_MS = 10;

/** Asks for every run's curve again and again for this long; what each reply showed for the first time. */
export async function pollTensorBoard(streams: Streams, forMs: number): Promise<Seen[]> {
  const port = await freePort();
  const args = ["--logdir", join(streams.folder, ".tunesmith", "runs"), "--host", "127.0.0.1"];
  args.push("--port", String(port), "--load_fast", "true", "--reload_interval", "1");
  const child = spawn(join(TRAINING_ENV, "bin", "tensorboard"), args, { stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  try {
    const ask = (run: string) => lastStep(port, run);
    await untilAllAnswer(streams, ask);
    const seen: Seen[] = [];
    const steps = new Map<string, number>();
    for (const until = Date.now() + forMs; Date.now() < until; await sleep(BETWEEN_ASKS_MS)) {
      for (const run of streams.runs) {
        const step = await ask(run);
        if (step > (steps.get(run) ?? -1)) {
          steps.set(run, step);
          seen.push({ run, step, at: Date.now() });
        }
      }
    }
    return seen;
  } finally {
    child.kill();
    await ended;
  }
}

async function untilAllAnswer(streams: Streams, ask: (run: string) => Promise<number>): Promise<void> {
  for (const until = Date.now() + UP_WITHIN_MS; ; await sleep(200)) {
    const steps = await Promise.all([...streams.runs].map((run) => ask(run).catch(() => -1)));
    if (steps.length > 0 && steps.every((step) => step >= 0)) return;
    if (Date.now() > until) throw new Error(`TensorBoard showed no curve within ${UP_WITHIN_MS / 1000} s`);
  }
}

/** The last step of the run's curve; -1 when TensorBoard does not know it yet. */
async function lastStep(port: number, run: string): Promise<number> {
  const query = new URLSearchParams({ run: `${run}/attempts/1/tb`, tag: TAG });
  const reply = await fetch(`http://127.0.0.1:${port}/data/plugin/scalars/scalars?${query}`);
  if (!reply.ok) return -1;
  const points = (await reply.json()) as [wallTime: number, step: number, value: number][];
  return points.at(-1)?.[1] ?? -1;
}
