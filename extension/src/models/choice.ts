// Which runs the tree shows, and in which order. Pure.
import { type Outcome, outcome } from "../../shared/run";
import type { Run } from "../protocol.gen";
import { score } from "./outcome";

export const SORTS = ["newest", "name", "loss", "score"] as const;

export type Sort = (typeof SORTS)[number];

/** What a person chose; empty lists and texts leave nothing out. */
export interface Choice {
  states: Outcome[];
  /** Absolute paths. */
  recipes: string[];
  text: string;
  sort: Sort;
  byRecipe: boolean;
}

export const EVERYTHING: Choice = { states: [], recipes: [], text: "", sort: "newest", byRecipe: false };

export function isFiltered({ states, recipes, text }: Choice): boolean {
  return states.length > 0 || recipes.length > 0 || text.trim() !== "";
}

/** The same order and grouping, with nothing left out. */
export function unfiltered(choice: Choice): Choice {
  return { ...choice, states: [], recipes: [], text: "" };
}

/** The runs that the choice leaves, in its order. */
export function chosen(runs: Run[], choice: Choice): Run[] {
  return runs.filter((run) => isChosen(run, choice)).sort(ORDERS[choice.sort]);
}

function isChosen(run: Run, { states, recipes, text }: Choice): boolean {
  return (
    (states.length === 0 || states.includes(outcome(run))) &&
    (recipes.length === 0 || recipes.includes(run.recipe)) &&
    words(text).every((word) => searched(run).includes(word))
  );
}

const words = (text: string): string[] => text.toLowerCase().split(/\s+/).filter(Boolean);

/** What a text is looked for in: the name, the id, the recipe, note and tags, and what ended it. */
function searched(run: Run): string {
  const errors = run.ranks.map(({ error }) => error ?? "");
  const said = [run.note, ...run.tags, run.message ?? "", ...errors];
  return [run.name, run.id, run.recipe, run.cause ?? run.state, ...said].join("\n").toLowerCase();
}

const newest = (a: Run, b: Run): number => b.created - a.created;

/** Equal ones stand newest first; a run without the figure stands last. */
const ORDERS: Record<Sort, (a: Run, b: Run) => number> = {
  newest,
  name: (a, b) => a.name.localeCompare(b.name) || newest(a, b),
  loss: (a, b) => rising(a.loss, b.loss) || newest(a, b),
  score: (a, b) => rising(minus(score(a)), minus(score(b))) || newest(a, b),
};

const minus = (value: number | undefined): number | null => (value === undefined ? null : -value);

function rising(a: number | null, b: number | null): number {
  const [one, other] = [a ?? Infinity, b ?? Infinity];
  return one === other ? 0 : one - other;
}
