import type { Status } from "../protocol.gen";
import type { RunsModel } from "./runs";

/** Each is `tunesmith.NAME` in the clauses of package.json. */
export const CONTEXT_KEYS = ["hasRuns", "hasAliveRuns", "hasRunningRuns", "hasInterpreter"] as const;

export function keysOf(
  runs: RunsModel,
  status: Status | undefined,
): Record<(typeof CONTEXT_KEYS)[number], boolean> {
  return {
    hasRuns: runs.all().length > 0,
    hasAliveRuns: runs.alive().length > 0,
    hasRunningRuns: runs.running().length > 0,
    hasInterpreter: typeof status?.interpreter === "string" && status.message === null,
  };
}
