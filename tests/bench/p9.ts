/** P9: how soon a debugger stands on all ranks, and what it costs the training before it came and after it left. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DAEMON_PYTHON, ROOT, TRAINING_PYTHON } from "../../.ci/setup/paths.mjs";
import { type Measured, row } from "./row.ts";
import { median } from "./stats.ts";

const DRIVER = join(ROOT, "tests", "bench", "attach_ranks.py");

/** Milliseconds of the steps of each program, block by block. */
type Blocks = Record<"ours" | "plain" | "listening", number[]>;

interface Seen {
  before: Blocks;
  after: Blocks;
  /** Seconds from attaching until both ranks are under the debugger and one stands. */
  attach: Record<"ours" | "listening", number[]>;
}

export async function measureDebugging(say: (line: string) => void): Promise<Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), "tunesmith-bench-"));
  try {
    const output = execFileSync(DAEMON_PYTHON, [DRIVER, folder, TRAINING_PYTHON], { encoding: "utf8" });
    const seen = JSON.parse(output) as Seen;
    say(`${seen.attach.ours.length} times attached, ${seen.before.ours.length} blocks before and after`);
    return [
      row({
        what: "attach to 2 ranks → all under the debugger, the training stands at a breakpoint",
        value: median(seen.attach.ours),
        unit: "s",
        peer: { name: "launch.json, debugpy.listen a rank", value: median(seen.attach.listening) },
        goal: { text: "≤ 3 s", most: 3, of: "value" },
      }),
      step("a step before anybody attaches", seen.before, "ours", { text: "1.00 ×", most: 1.005 }),
      step("… after all have detached", seen.after, "ours", { text: "≤ 1.05 ×", most: 1.05 }),
      step("the same with debugpy.listen, before", seen.before, "listening"),
      step("… and after", seen.after, "listening"),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Beside the plain program, block by block: the ratio is the median of the blocks' own. */
function step(
  what: string,
  blocks: Blocks,
  who: "ours" | "listening",
  goal?: { text: string; most: number },
): Measured {
  const plain = median(blocks.plain);
  const ratio = median(blocks[who].map((value, block) => value / (blocks.plain[block] ?? Number.NaN)));
  return row({
    what: `${what}, processor time`,
    value: ratio * plain,
    unit: "ms",
    peer: { name: "the script without Tunesmith", value: plain },
    ...(goal ? { goal: { ...goal, of: "ratio" as const } } : {}),
  });
}
