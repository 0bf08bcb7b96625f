// What the tree says of a rank.
import { l10n } from "vscode";
import { gigabytes } from "../../shared/format";
import type { Rank } from "../protocol.gen";

/** "4242 · 180 % CPU · 1.4 GB", or what became of it. */
export function rankDescription(rank: Rank): string {
  if (rank.alive) {
    return [String(rank.pid), ...usage(rank)].join(" · ");
  }
  return rank.error ?? endWord(rank);
}

/** "180 % CPU", "1.4 GB", "GPU 97 %", "GPU 11.2 GB": what is known. */
export function usage(rank: Rank): string[] {
  return [
    ...(rank.cpuPercent === null ? [] : [l10n.t("{0} % CPU", Math.round(rank.cpuPercent))]),
    ...(rank.memory === null ? [] : [gigabytes(rank.memory)]),
    ...(rank.gpuPercent === null ? [] : [l10n.t("GPU {0} %", Math.round(rank.gpuPercent))]),
    ...(rank.gpuMemory === null ? [] : [l10n.t("GPU {0}", gigabytes(rank.gpuMemory))]),
  ];
}

function endWord(rank: Rank): string {
  switch (rank.outcome) {
    case "finished":
      return l10n.t("finished");
    case "stopped":
      return l10n.t("stopped");
    default:
      return l10n.t("ended without a word");
  }
}
