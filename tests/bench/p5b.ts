/** P5b: from Train pressed to the first step, when the start was parked. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DAEMON_PYTHON, ROOT, TRAINING_PYTHON } from "../../.ci/setup/paths.mjs";
import { type Measured, row } from "./row.ts";
import { median } from "./stats.ts";

const DRIVER = join(ROOT, "tests", "bench", "parked_starts.py");
/** One thread for everybody, and what Tunesmith sets by itself. */
const ENV = { ...process.env, OMP_NUM_THREADS: "1", OMP_WAIT_POLICY: "PASSIVE" };
const RANKS = [
  [1, "one process"],
  [2, "two ranks"],
] as const;

interface Seen {
  seconds: Record<"plain" | "cold" | "parked", number[]>;
  /** MB and percent of a core, of all processes that wait. */
  cost: { memory: number; processor: number; processes: number };
}

export async function measureParked(say: (line: string) => void): Promise<Measured[]> {
  return RANKS.flatMap(([ranks, who]) => {
    const { seconds, cost } = observe(ranks);
    say(`${who}: ${seconds.parked.length} starts of each kind, ${cost.processes} processes parked`);
    const plain = median(seconds.plain);
    const peer = { name: "plain accelerate launch", value: plain };
    return [
      row({
        what: `Train pressed → first step from a parked start, ${who}`,
        value: medianRatio(seconds) * plain,
        unit: "s",
        peer,
        goal: { text: "≤ 0.08 ×", most: 0.08, of: "ratio" },
      }),
      row({ what: `… from nothing, ${who}`, value: median(seconds.cold), unit: "s", peer }),
      row({ what: `memory of what is parked (proportional), ${who}`, value: cost.memory, unit: "MB" }),
      row({ what: `… its processor time`, value: cost.processor, unit: "% of a core" }),
    ];
  });
}

function observe(ranks: number): Seen {
  const folder = mkdtempSync(join(tmpdir(), "tunesmith-bench-"));
  try {
    const args = [DRIVER, folder, TRAINING_PYTHON, `${ranks}`];
    return JSON.parse(execFileSync(DAEMON_PYTHON, args, { encoding: "utf8", env: ENV })) as Seen;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each start beside the plain one of the same moment. */
function medianRatio({ parked, plain }: Seen["seconds"]): number {
  return median(parked.map((value, index) => value / (plain[index] ?? Number.NaN)));
}
