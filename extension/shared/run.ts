// How a run stands, for the editor's views and the dashboard alike. Pure: no editor, no page.
import type { Run } from "../src/protocol.gen";

export type Outcome = "queued" | "running" | "finished" | "stopped" | "failed" | "lost";

/** In the six ways that the interface tells apart. */
export function outcome(run: Run): Outcome {
  if (run.state !== "ended") {
    return run.state;
  }
  switch (run.cause) {
    case "finished":
      return "finished";
    case "stopped":
    case "killed":
    case "preempted":
      return "stopped";
    default:
      return "failed";
  }
}

export function isAlive(run: Run): boolean {
  return run.state === "running" || run.state === "queued";
}

/** Seconds from the start to the end, or to `now` of a run that goes on; null when nobody knows when it ended. */
export function elapsed(run: Run, now: number): number | null {
  const end = run.ended ?? (isAlive(run) ? now : null);
  return end === null ? null : Math.max(0, end - run.created);
}
