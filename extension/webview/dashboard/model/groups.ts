// Which charts stand where: pinned first, then one group a tag prefix.
import * as l10n from "@vscode/l10n";
import { EPOCH_TAGS, groupOf, leafOf, NO_GROUP, RESOURCES } from "./tags";

/** No tag begins with these, so that they name no group of tags. */
export const PINNED = "*pinned";

export interface Group {
  name: string;
  /** Tags that are lines. */
  charts: string[];
  /** Tags of a single point: they are told as figures. */
  figures: string[];
}

const GROUPS = ["train", "eval", "validation", "test"];
const LEAVES = ["loss", "f1", "accuracy", "grad_norm", "learning_rate"];

/** What people read over a group: tags are told as they were written. */
export function groupTitle(name: string): string {
  const titles: Record<string, string> = { [PINNED]: l10n.t("Pinned"), [NO_GROUP]: l10n.t("other") };
  return titles[name] ?? name;
}

/** `lengths` has every tag with its number of points. A filter keeps the tags that hold all its words. */
export function groupTags(lengths: Map<string, number>, pinned: readonly string[], filter: string): Group[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = [...lengths.keys()]
    .filter((tag) => !EPOCH_TAGS.includes(tag))
    .filter((tag) => words.every((word) => tag.toLowerCase().includes(word)));
  const top = pinned.filter((tag) => shown.includes(tag));
  const groups = new Map<string, Group>();
  for (const tag of shown.filter((each) => !top.includes(each)).sort(byImportance)) {
    const group = groups.get(groupOf(tag)) ?? { name: groupOf(tag), charts: [], figures: [] };
    groups.set(group.name, group);
    (lengths.get(tag) === 1 ? group.figures : group.charts).push(tag);
  }
  const rest = [...groups.values()].sort(
    (a, b) =>
      // What the ranks use says least of how a run learns.
      Number(a.name === RESOURCES) - Number(b.name === RESOURCES) ||
      rank(GROUPS, a.name) - rank(GROUPS, b.name) ||
      a.name.localeCompare(b.name, undefined, { numeric: true }),
  );
  return top.length > 0 ? [{ name: PINNED, charts: top, figures: [] }, ...rest] : rest;
}

/** A quantity of all ranks stands side by side: `rank-0/memory_gb`, `rank-1/memory_gb`. */
function byImportance(a: string, b: string): number {
  return (
    rank(LEAVES, leafOf(a)) - rank(LEAVES, leafOf(b)) ||
    withoutRank(leafOf(a)).localeCompare(withoutRank(leafOf(b))) ||
    a.localeCompare(b, undefined, { numeric: true })
  );
}

function withoutRank(leaf: string): string {
  return leaf.replace(/^rank-\d+\//, "");
}

function rank(order: string[], name: string): number {
  const index = order.indexOf(name);
  return index < 0 ? order.length : index;
}
