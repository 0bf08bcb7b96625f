// A chart in words and in a table, for those who do not see it.
import * as l10n from "@vscode/l10n";
import { count } from "../../../shared/format";
import { columnValue } from "./format";
import type { Line } from "./line";
import { readLast } from "./reading";

export interface SummaryRow {
  runId: string;
  label: string;
  points: string;
  step: string;
  last: string;
  least: string;
  greatest: string;
  nonFinite: string;
}

export function summaryRows(lines: readonly Line[]): SummaryRow[] {
  return lines.map((line) => {
    const [least, greatest] = extremes(line.raw);
    return {
      runId: line.runId,
      label: line.label,
      points: count(line.raw.length),
      step: count(line.series.steps.at(line.raw.length - 1)),
      last: columnValue(readLast(line).raw),
      least: columnValue(least),
      greatest: columnValue(greatest),
      nonFinite: line.series.nonFinite.length > 0 ? count(line.series.nonFinite.length) : l10n.t("none"),
    };
  });
}

/** "train/loss: #3f2a 0.2819 at step 842; #91bc NaN at step 612, 3 values not finite." */
export function summaryText(tag: string, lines: readonly Line[]): string {
  if (lines.length === 0) {
    return l10n.t("{0}: no data.", tag);
  }
  const rows = summaryRows(lines);
  const parts = lines.map((line, i) => {
    const { label, last, step } = rows[i] as SummaryRow;
    const place = l10n.t("{0} {1} at step {2}", label, last, step);
    const trouble = line.series.nonFinite.length;
    return trouble === 0 ? place : `${place}, ${notFinite(trouble)}`;
  });
  return `${tag}: ${parts.join("; ")}.`;
}

function notFinite(values: number): string {
  return values === 1 ? l10n.t("1 value not finite") : l10n.t("{0} values not finite", count(values));
}

function extremes(values: Float64Array): [least: number, greatest: number] {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (Number.isFinite(value)) {
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
  }
  return least > greatest ? [Number.NaN, Number.NaN] : [least, greatest];
}
