import { isAlive } from "../../shared/run";
import type { Run } from "../protocol.gen";
import type { RunsModel } from "./runs";

/** Each is `tunesmith.NAME` in the clauses of package.json. */
export const CONTEXT_KEYS = [
  "hasRuns",
  "hasAliveRuns",
  "hasRunningRuns",
  "hasQueuedRuns",
  "hasPausedRuns",
  "hasEndedRuns",
] as const;

export function keysOf(runs: RunsModel): Record<(typeof CONTEXT_KEYS)[number], boolean> {
  const all = runs.all();
  return {
    hasRuns: all.length > 0,
    hasAliveRuns: runs.alive().length > 0,
    hasRunningRuns: runs.running().length > 0,
    hasQueuedRuns: all.some(({ state }) => state === "queued"),
    hasPausedRuns: all.some(isPaused),
    hasEndedRuns: all.some((run) => !isAlive(run)),
  };
}

export function isPaused({ state, phase }: Run): boolean {
  return state === "running" && phase === "paused";
}
