import type { Rank, Run } from "../protocol.gen";

/** The rank whose traceback says why the run failed: the one whose log the run names, else the first. */
export function firstError(run: Run): Rank | undefined {
  const told = run.ranks.filter(({ traceback }) => traceback !== null);
  return told.find(({ log }) => log === run.log) ?? told[0];
}

/** Progress in eighths, 0 to 8; 0 while the number of steps is not known. */
export function eighths(run: Run): number {
  if (!run.totalSteps) {
    return 0;
  }
  return Math.max(0, Math.min(8, Math.floor((8 * run.step) / run.totalSteps)));
}

const BY_INTEREST = ["f1", "accuracy", "loss"];

/** F1, else accuracy, of the latest evaluation: the higher the better. */
export function score(run: Run): number | undefined {
  return run.metrics.eval_f1 ?? run.metrics.eval_accuracy;
}

/** The figure that says best how good the model is: name and value of the latest evaluation, else the loss. */
export function headline(run: Run): [name: string, value: number] | undefined {
  const name = BY_INTEREST.find((candidate) => run.metrics[`eval_${candidate}`] !== undefined);
  const value = name === undefined ? undefined : run.metrics[`eval_${name}`];
  if (name !== undefined && value !== undefined) {
    return [name, value];
  }
  return run.loss === null ? undefined : ["loss", run.loss];
}
