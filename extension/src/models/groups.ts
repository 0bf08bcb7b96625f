import type { Run } from "../protocol.gen";

export type GroupKey = "running" | "queued" | "today" | "yesterday" | "earlier";

export interface Group {
  key: GroupKey;
  runs: Run[];
}

const ORDER: GroupKey[] = ["running", "queued", "today", "yesterday", "earlier"];

/** The runs as the tree shows them: the living ones, then the others by the day on which they began. */
export function grouped(runs: Run[], now: Date): Group[] {
  const groups = new Map<GroupKey, Run[]>(ORDER.map((key) => [key, []]));
  for (const run of runs) {
    groups.get(groupOf(run, now))?.push(run);
  }
  return ORDER.map((key) => ({ key, runs: groups.get(key) ?? [] })).filter((group) => group.runs.length > 0);
}

export function groupOf(run: Run, now: Date): GroupKey {
  if (run.state === "running" || run.state === "queued") {
    return run.state;
  }
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  const dayBefore = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  const began = run.created * 1000;
  if (began >= midnight.getTime()) {
    return "today";
  }
  return began >= dayBefore.getTime() ? "yesterday" : "earlier";
}
