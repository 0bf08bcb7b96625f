// What the name of a tag says about it.

const EVALUATIONS = new Set(["eval", "evaluation", "validation", "valid", "val", "test"]);
const HIGHER =
  /f1|accuracy|precision|recall|auc|bleu|rouge|meteor|matthews|spearman|pearson|exact_match|r2|score/;
const LOWER = /loss|perplexity|error|wer|cer|mse|mae|brier/;

/** The tag that says which epoch a step is in: an axis, not a chart. */
export const EPOCH_TAGS = ["train/epoch", "epoch"];

/** The group of the tags that name none. */
export const NO_GROUP = "other";

/** The group of what the supervisor measures of the ranks. */
export const RESOURCES = "resources";

export function groupOf(tag: string): string {
  const slash = tag.indexOf("/");
  return slash > 0 ? tag.slice(0, slash) : NO_GROUP;
}

/** The tag without its group. */
export function leafOf(tag: string): string {
  const slash = tag.indexOf("/");
  return slash > 0 ? tag.slice(slash + 1) : tag;
}

/** "eval_f1", as a run reports it, is the tag "eval/f1". */
export function tagOf(metric: string): string {
  return metric.replace("_", "/");
}

/** Evaluations are few and each one counts: dots and straight lines, never smoothed. */
export function isEvaluation(tag: string): boolean {
  return EVALUATIONS.has(groupOf(tag).toLowerCase());
}

/** A schedule and a use of memory are what they are: smoothing would only make them late. */
export function isExact(tag: string): boolean {
  return (
    isEvaluation(tag) ||
    groupOf(tag) === RESOURCES ||
    /(^|_)(lr|learning_rate)($|_)/.test(leafOf(tag).toLowerCase())
  );
}

/** Which way is better; null when that cannot be said of this tag. */
export function direction(tag: string): "up" | "down" | null {
  const leaf = leafOf(tag).toLowerCase();
  if (LOWER.test(leaf)) {
    return "down";
  }
  return HIGHER.test(leaf) ? "up" : null;
}

const SCORES = ["f1", "accuracy", "loss"];

/** The evaluation that the runs are judged by: F1, else accuracy, else loss, else the first with a better side. */
export function scoreTag(tags: readonly string[]): string | null {
  const evaluations = tags.filter((tag) => isEvaluation(tag) && direction(tag));
  for (const leaf of SCORES) {
    const exact = evaluations.find((tag) => leafOf(tag) === leaf);
    const near = evaluations.find((tag) => leafOf(tag).includes(leaf));
    if (exact ?? near) {
      return exact ?? near ?? null;
    }
  }
  return evaluations[0] ?? null;
}
