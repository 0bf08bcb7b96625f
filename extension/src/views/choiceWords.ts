// What is said of the chosen runs and their order.
import { basename } from "node:path";
import { l10n } from "vscode";
import { count } from "../../shared/format";
import type { Outcome } from "../../shared/run";
import { type Choice, isFiltered, type Sort } from "../models/choice";

/** "3 of 100: failed, sentiment, “nan”", "by last loss"; nothing of the usual choice. */
export function choiceWords(choice: Choice, shown: number, all: number): string | undefined {
  const parts = [
    ...(isFiltered(choice)
      ? [l10n.t("{0} of {1}: {2}", count(shown), count(all), filterWords(choice).join(", "))]
      : []),
    ...(choice.sort === "newest" ? [] : [l10n.t("by {0}", sortWord(choice.sort).toLowerCase())]),
  ];
  return parts.length === 0 ? undefined : parts.join(" · ");
}

function filterWords({ states, recipes, text }: Choice): string[] {
  return [
    ...states.map((state) => outcomeWord(state).toLowerCase()),
    ...recipes.map(recipeName),
    ...(text.trim() === "" ? [] : [`“${text.trim()}”`]),
  ];
}

export function recipeName(path: string): string {
  return basename(path).replace(/\.train\.yaml$/, "");
}

export function outcomeWord(state: Outcome): string {
  switch (state) {
    case "queued":
      return l10n.t("Queued");
    case "running":
      return l10n.t("Running");
    case "finished":
      return l10n.t("Finished");
    case "stopped":
      return l10n.t("Stopped");
    case "failed":
      return l10n.t("Failed");
    case "lost":
      return l10n.t("Lost");
  }
}

export function sortWord(sort: Sort): string {
  switch (sort) {
    case "newest":
      return l10n.t("Newest");
    case "name":
      return l10n.t("Name");
    case "loss":
      return l10n.t("Last loss");
    case "score":
      return l10n.t("Last score");
  }
}
