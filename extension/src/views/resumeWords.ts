// What is said of checkpoints, and of runs that went on from one.
import { l10n } from "vscode";
import { count, roughly, steps } from "../../shared/format";
import type { Checkpoint, Resumed } from "../protocol.gen";

type Label = Checkpoint["label"];

export function labelWord(label: Label): string {
  switch (label) {
    case "exact":
      return l10n.t("exact");
    case "approximate":
      return l10n.t("approximate");
    case "unsafe":
      return l10n.t("unsafe");
  }
}

/** "Step 40 / 120" */
export function checkpointName(checkpoint: Checkpoint): string {
  return l10n.t("Step {0}", steps(checkpoint.step, checkpoint.steps));
}

/** "4 min ago · exact" */
export function checkpointDescription(checkpoint: Checkpoint, now: number): string {
  const age = l10n.t("{0} ago", roughly(Math.max(0, now - checkpoint.saved)));
  return `${age} · ${labelWord(checkpoint.label)}`;
}

/** "from step 40, exact; 3 repeated logs came out the same" */
export function resumedLine(resumed: Resumed): string {
  const step = resumed.step === null ? resumed.checkpoint : l10n.t("step {0}", count(resumed.step));
  const label = resumed.label === null ? "" : `, ${labelWord(resumed.label)}`;
  const parts = [
    l10n.t("from {0}", step) + label,
    resumed.reason ?? "",
    resumed.replayed > 0 ? l10n.t("{0} repeated logs came out the same", count(resumed.replayed)) : "",
  ];
  return parts.filter((part) => part !== "").join("; ");
}
