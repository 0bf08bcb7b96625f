/** P3: how soon the daemon answers, how soon it finds a mistake, and what it weighs. */
import { LanguageServer, type ServerKind } from "./languageServer.ts";
import { residentMegabytes } from "./memory.ts";
import { measureActivation } from "./p3Window.ts";
import { writeRecipes } from "./recipes.ts";
import { type Measured, row } from "./row.ts";
import { tunesmith, yamlLanguageServer } from "./servers.ts";
import { median } from "./stats.ts";

const ROUNDS = 9;
const OPEN = 20;

interface Round {
  initialized: number;
  diagnosed: number;
  resident: number;
}

export async function measureStart(say: (line: string) => void): Promise<Measured[]> {
  const recipes = writeRecipes(OPEN);
  const kinds = [tunesmith(recipes.cache), yamlLanguageServer()] as const;
  const [ours, theirs] = [[], []] as [Round[], Round[]];
  try {
    // The first round fills the disk cache and the daemon's own, and does not count.
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [index, kind] of kinds.entries()) {
        const measured = await once(kind, recipes.folder, recipes.files);
        if (round > 0) (index === 0 ? ours : theirs).push(measured);
      }
      if (round > 0) say(`round ${round} of ${ROUNDS}: start ${times(ours)} against ${times(theirs)} ms`);
    }
  } finally {
    recipes.remove();
  }
  const peer = (pick: (round: Round) => number) => ({ name: kinds[1].name, value: median(theirs.map(pick)) });
  const ourMedian = (pick: (round: Round) => number) => median(ours.map(pick));
  return [
    row({
      what: `process start → initialize reply, median of ${ROUNDS}`,
      value: ourMedian(({ initialized }) => initialized),
      unit: "ms",
      peer: peer(({ initialized }) => initialized),
      goal: { text: "≤ 1.0 ×", most: 1, of: "ratio" },
    }),
    row({
      what: `resident memory, ${OPEN} recipes open`,
      value: ourMedian(({ resident }) => resident),
      unit: "MB",
      peer: peer(({ resident }) => resident),
      goal: { text: "≤ 80 MB", most: 80, of: "value" },
    }),
    row({
      what: "process start → first diagnostic, no editor",
      value: ourMedian(({ diagnosed }) => diagnosed),
      unit: "ms",
      peer: peer(({ diagnosed }) => diagnosed),
    }),
    await measureActivation(say),
  ];
}

async function once(kind: ServerKind, folder: string, files: string[]): Promise<Round> {
  const server = await LanguageServer.start(kind, folder);
  try {
    const [first, ...others] = files;
    if (!first) throw new Error("There is no recipe to open");
    const diagnosed = await server.open(first);
    await Promise.all(others.map((file) => server.open(file)));
    return { initialized: server.initialized, diagnosed, resident: residentMegabytes(server.pid) };
  } finally {
    await server.stop();
  }
}

const times = (rounds: Round[]): string => rounds.at(-1)?.initialized.toFixed(0) ?? "–";
