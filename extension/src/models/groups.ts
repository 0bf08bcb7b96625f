import { basename } from "node:path";
import type { Run } from "../protocol.gen";
import type { Choice } from "./choice";

const SECTIONS = ["running", "queued", "today", "yesterday", "earlier", "ended"] as const;

export type Section = (typeof SECTIONS)[number];

/** A section of the tree: the runs that stand alike, or those of one recipe. */
export type Group = { id: string; runs: Run[] } & (
  | { section: Section }
  | { section: "recipe"; recipe: string; name: string }
);

/**
 * The runs as the tree shows them, in the order in which they come: by recipe, or the living ones, then the others
 * by the day on which they began. Days would break up every other order than the newest first.
 */
export function grouped(
  runs: Run[],
  now: Date,
  { byRecipe, sort }: Pick<Choice, "byRecipe" | "sort">,
): Group[] {
  if (byRecipe) {
    return byRecipes(runs);
  }
  const groups = new Map<Section, Run[]>(SECTIONS.map((section) => [section, []]));
  for (const run of runs) {
    groups.get(sectionOf(run, now, sort === "newest"))?.push(run);
  }
  // The one that was asked for first is the next to run.
  groups.get("queued")?.sort((a, b) => a.created - b.created);
  return SECTIONS.map((section) => ({ id: section, section, runs: groups.get(section) ?? [] })).filter(
    (group) => group.runs.length > 0,
  );
}

/** The recipe whose run comes first stands first. */
function byRecipes(runs: Run[]): Group[] {
  const groups = new Map<string, Group>();
  for (const run of runs) {
    const { recipe } = run;
    const name = basename(recipe).replace(/\.train\.yaml$/, "");
    const group = groups.get(recipe) ?? { id: recipe, section: "recipe", recipe, name, runs: [] };
    groups.set(recipe, group);
    group.runs.push(run);
  }
  return [...groups.values()];
}

function sectionOf(run: Run, now: Date, byDay: boolean): Section {
  if (run.state === "running" || run.state === "queued") {
    return run.state;
  }
  if (!byDay) {
    return "ended";
  }
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  const dayBefore = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  const began = run.created * 1000;
  if (began >= midnight.getTime()) {
    return "today";
  }
  return began >= dayBefore.getTime() ? "yesterday" : "earlier";
}
