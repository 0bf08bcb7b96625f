import type { Run } from "../protocol.gen";
import type { RunChange } from "./runs";
import { isAlive } from "./runs";

export type Outcome = "queued" | "running" | "finished" | "stopped" | "failed" | "lost";

/** How a run stands, in the six ways that the interface tells apart. */
export function outcome(run: Run): Outcome {
  if (run.state !== "ended") {
    return run.state;
  }
  switch (run.cause) {
    case "finished":
      return "finished";
    case "stopped":
    case "killed":
      return "stopped";
    default:
      return "failed";
  }
}

/** The run went wrong between the two looks at it. */
export function wentWrong({ before, after }: RunChange): boolean {
  const now = outcome(after);
  return before !== undefined && isAlive(before) && (now === "failed" || now === "lost");
}

/** Progress in eighths, 0 to 8; 0 while the number of steps is not known. */
export function eighths(run: Run): number {
  if (!run.totalSteps) {
    return 0;
  }
  return Math.max(0, Math.min(8, Math.floor((8 * run.step) / run.totalSteps)));
}

/** Seconds from the start to the end, or to `now` of a run that goes on. */
export function elapsed(run: Run, now: number): number {
  return Math.max(0, (run.ended ?? now) - run.created);
}

const BY_INTEREST = ["f1", "accuracy", "loss"];

/** The figure that says best how good the model is: name and value of the latest evaluation, else the loss. */
export function headline(run: Run): [name: string, value: number] | undefined {
  const name = BY_INTEREST.find((candidate) => run.metrics[`eval_${candidate}`] !== undefined);
  const value = name === undefined ? undefined : run.metrics[`eval_${name}`];
  if (name !== undefined && value !== undefined) {
    return [name, value];
  }
  return run.loss === null ? undefined : ["loss", run.loss];
}
