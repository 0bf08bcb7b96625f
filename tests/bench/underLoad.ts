/** Typing into long recipes while a daemon is at work: ours is that daemon, the peers run beside it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LanguageServer, type ServerKind } from "./languageServer.ts";
import { Load } from "./load.ts";
import { longRecipe } from "./longRecipes.ts";
import { TRUSTED, tunesmith } from "./servers.ts";
import { quantile } from "./stats.ts";
import { type Keystroke, keystrokes, randomFrom } from "./typing.ts";

/** Between an answer and the next key, in milliseconds: a hand that types on. */
const LEAST_PAUSE = 20;
const MOST_PAUSE = 100;
const SETTLED_MS = 2_000;

export type Answer = (
  server: LanguageServer,
  file: string,
  keystroke: Keystroke,
) => Promise<number | undefined>;

/** What `answer` gave in one server and recipe. `publishes`: how often diagnostics came meanwhile. */
export interface Typed {
  kind: ServerKind;
  lines: number;
  times: number[];
  publishes: number;
  namesVersions: boolean;
}

interface Status {
  rulesRun: number;
  rulesWaiting: number;
  waitingFor: string[];
}

/** Types `count` keys into recipes of each length, in each server; keeps what `answer` measures. */
export async function typeUnderLoad(
  answer: Answer,
  peers: ServerKind[],
  lengths: number[],
  count: number,
  say: (line: string) => void,
): Promise<Typed[]> {
  const cache = mkdtempSync(join(tmpdir(), "tunesmith-bench-"));
  const load = new Load();
  const ours = tunesmith(cache);
  const daemon = await LanguageServer.start(ours, load.folder);
  try {
    const found: Typed[] = [];
    for (const lines of lengths) {
      const text = longRecipe(lines);
      const file = load.write(`lines-${lines}.train.yaml`, text);
      say(`${lines} lines: ${await allRulesRun(daemon, file)}`);
      await load.putOn(daemon);
      for (const kind of [ours, ...peers]) {
        const server = kind === ours ? daemon : await LanguageServer.start(kind, load.folder);
        try {
          if (server !== daemon) await server.open(file);
          await sleep(SETTLED_MS);
          const before = { opened: load.opened, publishes: server.publishes(file) };
          const times = await type(server, file, keystrokes(text, count, randomFrom(lines)), answer);
          const logs = load.opened - before.opened;
          await sleep(SETTLED_MS);
          const publishes = server.publishes(file) - before.publishes;
          say(
            `${lines} lines, ${kind.name}: p95 ${quantile(times, 0.95).toFixed(1)} ms of ${times.length}; ${logs} logs opened`,
          );
          found.push({ kind, lines, times, publishes, namesVersions: server.namesVersions });
        } finally {
          if (server !== daemon) await server.stop();
        }
      }
      await load.release();
    }
    return found;
  } finally {
    await daemon.stop();
    await load.stop();
    rmSync(cache, { recursive: true, force: true });
  }
}

/** Opens the file; resolves with how many rules run once all that is to be read of the disk was read. */
async function allRulesRun(daemon: LanguageServer, file: string): Promise<string> {
  await daemon.open(file);
  await sleep(SETTLED_MS);
  const { rulesRun, rulesWaiting, waitingFor } = await daemon.request<Status>("tunesmith/options", TRUSTED);
  const waiting = rulesWaiting ? `, ${rulesWaiting} wait for ${waitingFor.join(", ")}` : "";
  return `${rulesRun} rules run${waiting}`;
}

/** One key at a time, the next one a moment after the answer to the one before. */
async function type(
  server: LanguageServer,
  file: string,
  keys: Keystroke[],
  answer: Answer,
): Promise<number[]> {
  const pause = randomFrom(1);
  const times: number[] = [];
  for (const keystroke of keys) {
    const time = await answer(server, file, keystroke);
    if (time !== undefined) times.push(time);
    await sleep(LEAST_PAUSE + pause() * (MOST_PAUSE - LEAST_PAUSE));
  }
  return times;
}
