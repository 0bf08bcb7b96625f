// Which runs are meant, and in which order. Pure: no editor.
import type { RunChange } from "../models/runs";
import type { Run } from "../protocol.gen";

/** The older one on the left. */
export function inOrder(one: Run, other: Run): [older: Run, newer: Run] {
  return one.created <= other.created ? [one, other] : [other, one];
}

/** What a run is likely to be compared with: its parent, what it is the parent of, others of its recipe, the rest. */
export function likelyPartners(run: Run, all: Run[]): Run[] {
  const rank = (other: Run): number => {
    if (other.id === run.parent || other.parent === run.id) {
      return 0;
    }
    return other.recipe === run.recipe ? 1 : 2;
  };
  return all
    .filter(({ id }) => id !== run.id)
    .sort((a, b) => rank(a) - rank(b) || b.created - a.created || a.id.localeCompare(b.id));
}

export function isOver(run: Run): boolean {
  return run.state === "ended" || run.state === "lost";
}

/** Whether the text of a run reads otherwise now; the steps of one that goes on do not count. */
export function changesItsText({ before, after }: RunChange): boolean {
  const told = (run: Run | undefined) =>
    JSON.stringify([run?.state, run?.cause, run?.attempt, run?.note, run?.tags]);
  return told(before) !== told(after);
}

/** "a, b ,, a" → ["a", "b"] */
export function tagsIn(text: string): string[] {
  return [...new Set(text.split(",").map((tag) => tag.trim()))].filter((tag) => tag !== "");
}

/** The tags of all runs, the most used first. */
export function knownTags(runs: Run[]): string[] {
  const counts = new Map<string, number>();
  for (const tag of runs.flatMap(({ tags }) => tags)) {
    counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([tag]) => tag);
}

/** "812 B", "4.2 kB", "91.6 MB", "11.2 GB" */
export function fileSize(bytes: number): string {
  const units = ["B", "kB", "MB", "GB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`;
}
