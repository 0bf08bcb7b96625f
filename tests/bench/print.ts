/** Rows as an aligned table: text to the left, numbers to the right. */
import type { Row } from "./row.ts";

type Column = [head: string, text: (row: Row) => string, right?: boolean];

const COLUMNS: Column[] = [
  ["id", ({ id }) => id],
  ["what", ({ what }) => what],
  ["value", ({ value, unit }) => `${number(value)} ${unit}`, true],
  ["peer's", ({ peer_value, unit }) => (peer_value === null ? "–" : `${number(peer_value)} ${unit}`), true],
  ["ratio", ({ ratio }) => (ratio === null ? "–" : `${ratio.toFixed(2)} ×`), true],
  ["goal", ({ goal }) => goal ?? "–"],
  ["met", ({ met }) => (met === null ? "–" : met ? "yes" : "NO")],
  ["peer", ({ peer }) => peer ?? "–"],
  ["load", ({ load }) => load],
];

export function printed(rows: Row[]): string {
  const cells = rows.map((row) => COLUMNS.map(([, text]) => text(row)));
  const widths = COLUMNS.map(([head], column) =>
    Math.max(head.length, ...cells.map((line) => line[column]?.length ?? 0)),
  );
  const line = (texts: string[]) =>
    texts
      .map((text, column) => {
        const width = widths[column] ?? 0;
        return COLUMNS[column]?.[2] ? text.padStart(width) : text.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  const heads = COLUMNS.map(([head]) => head);
  return [line(heads), line(widths.map((width) => "─".repeat(width))), ...cells.map(line)].join("\n");
}

const number = (value: number): string => value.toLocaleString("en", { maximumSignificantDigits: 4 });
