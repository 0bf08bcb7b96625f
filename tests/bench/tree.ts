/** A folder with many runs: how soon the tree shows them, and what watching them costs. */
import { setTimeout as sleep } from "node:timers/promises";
import { processorSeconds } from "./cpu.ts";
import { LanguageServer } from "./languageServer.ts";
import { ManyRuns } from "./manyRuns.ts";
import { type Measured, row } from "./row.ts";
import { tunesmith } from "./servers.ts";
import { median } from "./stats.ts";
import { openings } from "./treeWindow.ts";

const RUNS = 100;
const ALIVE = 10;
const ROUNDS = 15;
/** Seconds before what the daemon does at its start is over, and for which it is watched then. */
const SETTLED = 5;
const WATCHED = 20;

export async function measureTree(say: (line: string) => void): Promise<Measured[]> {
  const runs = await ManyRuns.write(RUNS, ALIVE);
  try {
    const { listed, busy } = await ofDaemon(runs);
    say(`the daemon lists ${RUNS} runs in ${median(listed).toFixed(1)} ms, and uses ${busy.toFixed(2)} %`);
    const opened = await openings(runs.folder, ALIVE, say);
    const about = `${RUNS} runs, ${ALIVE} alive`;
    return [
      row({ what: `the daemon lists ${about}, median of ${ROUNDS}`, value: median(listed), unit: "ms" }),
      row({
        what: `click on the view → ${about}, drawn, median of ${opened.length}`,
        value: median(opened),
        unit: "ms",
        goal: { text: "< 300 ms", most: 300, of: "value" },
      }),
      row({
        what: `the daemon over ${WATCHED} s, ${about}, a step a second each`,
        value: busy,
        unit: "% CPU",
        goal: { text: "< 1 %", most: 1, of: "value" },
      }),
    ];
  } finally {
    await runs.remove();
  }
}

async function ofDaemon({ folder, cache }: ManyRuns): Promise<{ listed: number[]; busy: number }> {
  const server = await LanguageServer.start(tunesmith(cache), folder);
  try {
    const listed: number[] = [];
    while (listed.length < ROUNDS) {
      const began = performance.now();
      const reply = await server.request<{ runs: unknown[] }>("tunesmith/runs/list", { folders: [folder] });
      listed.push(performance.now() - began);
      if (reply.runs.length !== RUNS)
        throw new Error(`The daemon lists ${reply.runs.length} of ${RUNS} runs`);
    }
    await sleep(SETTLED * 1000);
    const [began, used] = [performance.now(), processorSeconds(server.pid)];
    await sleep(WATCHED * 1000);
    const seconds = (performance.now() - began) / 1000;
    return { listed, busy: (100 * (processorSeconds(server.pid) - used)) / seconds };
  } finally {
    await server.stop();
  }
}
