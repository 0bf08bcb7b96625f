/** The part of P3 that only a real editor can show: from the extension's activation to the first squiggle. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startWorkbench } from "../workbench/workbench.ts";
import { type Recipes, writeRecipes } from "./recipes.ts";
import { type Measured, row } from "./row.ts";
import { median } from "./stats.ts";

const ROUNDS = 5;
const WITHIN_MS = 60_000;
const ACTIVATED = /^(\S+ \S+) \[info\] ExtensionService#_doActivateExtension tunesmith\.tunesmith,/gm;

type Workbench = Awaited<ReturnType<typeof startWorkbench>>;
type Page = Awaited<ReturnType<Workbench["open"]>>;

/** The window is loaded again and again on an open recipe, as when a user comes back to it. */
export async function measureActivation(say: (line: string) => void): Promise<Measured> {
  const recipes = writeRecipes(1);
  const workbench = await startWorkbench({ folder: recipes.folder });
  try {
    const page = await workbench.open();
    const address = withFileOpen(workbench, recipes);
    await activationAfter(workbench, 0);
    const rounds: number[] = [];
    while (rounds.length < ROUNDS) {
      const before = activations(workbench).length;
      await page.goto(address, { waitUntil: "commit" });
      const seen = await firstSquiggle(page);
      rounds.push(seen - (await activationAfter(workbench, before)));
      say(`window ${rounds.length} of ${ROUNDS}: ${rounds.at(-1)} ms from activation to squiggle`);
    }
    return row({
      what: `extension activated → first squiggle, in the workbench, median of ${ROUNDS}`,
      value: median(rounds),
      unit: "ms",
      goal: { text: "≤ 1 s", most: 1000, of: "value" },
    });
  } finally {
    await workbench.close();
    recipes.remove();
  }
}

/** The address of a window that opens the recipe by itself. */
function withFileOpen({ server }: Workbench, { folder, files }: Recipes): string {
  const payload = JSON.stringify([["openFile", `vscode-remote://${new URL(server.origin).host}${files[0]}`]]);
  return `${server.origin}/?${new URLSearchParams({ folder, payload })}`;
}

/** When an error was underlined, in milliseconds since the epoch, to the frame. */
async function firstSquiggle(page: Page): Promise<number> {
  const look = () => document.querySelector(".squiggly-error") !== null && Date.now();
  const found = await page.waitForFunction(look, undefined, { timeout: WITHIN_MS });
  return (await found.jsonValue()) as number;
}

/** The extension host writes it down, sometimes a little later. */
async function activationAfter(workbench: Workbench, before: number): Promise<number> {
  for (const until = Date.now() + WITHIN_MS; ; await sleep(100)) {
    const at = activations(workbench)[before];
    if (at !== undefined) return at;
    if (Date.now() > until)
      throw new Error("The extension host's log does not say when Tunesmith was activated");
  }
}

/** When the extension was activated, in milliseconds since the epoch, oldest first. */
function activations({ server }: Workbench): number[] {
  const logs = join(server.home, "user-data", "logs");
  const files = readdirSync(logs, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith("remoteexthost.log"),
  );
  return files
    .flatMap((name) => [...readFileSync(join(logs, name), "utf8").matchAll(ACTIVATED)])
    .map(([, time]) => new Date(time?.replace(" ", "T") ?? "").getTime())
    .sort((one, other) => one - other);
}
