import type { RunsModel } from "./runs";

/** Each is `tunesmith.NAME` in the clauses of package.json. */
export const CONTEXT_KEYS = ["hasRuns", "hasAliveRuns", "hasRunningRuns"] as const;

export function keysOf(runs: RunsModel): Record<(typeof CONTEXT_KEYS)[number], boolean> {
  return {
    hasRuns: runs.all().length > 0,
    hasAliveRuns: runs.alive().length > 0,
    hasRunningRuns: runs.running().length > 0,
  };
}
