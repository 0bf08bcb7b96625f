/** P7, as far as the reading goes: a whole log into memory. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DAEMON_PYTHON, ROOT, TRAINING_PYTHON } from "../../.ci/setup/paths.mjs";
import { type Measured, row } from "./row.ts";
import { median } from "./stats.ts";

const ROUNDS = 5;
const HERE = join(ROOT, "tests", "bench");

interface Reading {
  cpu_s: number;
  resident_mb: number;
  second_open_s: number | null;
  points: number;
}

export async function measureOpening(say: (line: string) => void): Promise<Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), "tunesmith-bench-"));
  try {
    const events = join(folder, "attempts", "1", "tb");
    mkdirSync(events, { recursive: true });
    execFileSync(DAEMON_PYTHON, [join(HERE, "write_log.py"), events, "1000000", "50"]);
    const accumulated = read(TRAINING_PYTHON, "read_with_accumulator.py", events);
    say(
      `EventAccumulator read ${accumulated.points.toLocaleString("en")} points in ${accumulated.cpu_s.toFixed(1)} CPU s`,
    );
    const ours = Array.from({ length: ROUNDS }, () => read(DAEMON_PYTHON, "read_with_reader.py", folder));
    const theirs = (value: number) => ({ name: "EventAccumulator", value });
    return [
      row({
        what: "open 1,000,000 points / 50 tags with CRC, CPU",
        value: median(ours.map(({ cpu_s }) => cpu_s)),
        unit: "s",
        peer: theirs(accumulated.cpu_s),
        goal: { text: "≤ 3 CPU s", most: 3, of: "value" },
      }),
      row({
        what: "… resident memory of the metrics process",
        value: median(ours.map(({ resident_mb }) => resident_mb)),
        unit: "MB",
        peer: theirs(accumulated.resident_mb),
        goal: { text: "≤ 200 MB", most: 200, of: "value" },
      }),
      row({
        what: "… second open",
        value: median(ours.map(({ second_open_s }) => second_open_s ?? Number.NaN)),
        unit: "s",
        goal: { text: "≤ 0.3 s", most: 0.3, of: "value" },
      }),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function read(python: string, script: string, folder: string): Reading {
  return JSON.parse(execFileSync(python, [join(HERE, script), folder], { encoding: "utf8" })) as Reading;
}
