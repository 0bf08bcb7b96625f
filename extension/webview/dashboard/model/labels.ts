// Labels at the ends of lines, pushed apart where they would lie on each other.

export interface Label {
  /** Where the label wants its middle. */
  y: number;
  left: number;
  right: number;
}

interface Block {
  members: Label[];
  /** Middle of the first member. */
  start: number;
}

/** A place for each label: at least `gap` between any two that share a stretch of x, all between top and bottom. */
export function pushApart(labels: readonly Label[], gap: number, top: number, bottom: number): number[] {
  const placed = new Map<Label, number>();
  for (const cluster of clusters(labels)) {
    for (const block of blocks(cluster, gap)) {
      block.members.forEach((label, i) => {
        placed.set(label, block.start + i * gap);
      });
    }
    keepInside(cluster, placed, gap, top, bottom);
  }
  return labels.map((label) => placed.get(label) as number);
}

/** Labels that overlap in x, directly or through others; each cluster sorted from top to bottom. */
function clusters(labels: readonly Label[]): Label[][] {
  const found: Label[][] = [];
  let right = Number.NEGATIVE_INFINITY;
  for (const label of [...labels].sort((a, b) => a.left - b.left)) {
    if (label.left >= right) {
      found.push([]);
    }
    found[found.length - 1]?.push(label);
    right = Math.max(right, label.right);
  }
  return found.map((cluster) => cluster.sort((a, b) => a.y - b.y));
}

/** Neighbours that are too near make one block around the middle of what its members want. */
function blocks(cluster: readonly Label[], gap: number): Block[] {
  const done: Block[] = [];
  for (const label of cluster) {
    let block: Block = { members: [label], start: label.y };
    let above = done[done.length - 1];
    while (above && above.start + above.members.length * gap > block.start) {
      const members: Label[] = [...above.members, ...block.members];
      const start = members.reduce((sum, each, i) => sum + each.y - i * gap, 0) / members.length;
      block = { members, start };
      done.pop();
      above = done[done.length - 1];
    }
    done.push(block);
  }
  return done;
}

function keepInside(
  cluster: Label[],
  placed: Map<Label, number>,
  gap: number,
  top: number,
  bottom: number,
): void {
  let floor = bottom;
  for (const label of [...cluster].reverse()) {
    placed.set(label, Math.min(placed.get(label) as number, floor));
    floor = (placed.get(label) as number) - gap;
  }
  let ceiling = top;
  for (const label of cluster) {
    placed.set(label, Math.max(placed.get(label) as number, ceiling));
    ceiling = (placed.get(label) as number) + gap;
  }
}
