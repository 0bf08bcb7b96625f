// What the doctor found, as a document. No vscode here: text in, text out.
import type { EnvironmentReport, EnvironmentRow } from "../protocol.gen";

/** The words of the document in the editor's language. */
export interface ReportWords {
  title: string;
  summary: (wrong: number, warnings: number) => string;
}

const MARKS: Record<EnvironmentRow["verdict"], string> = { fine: "✓", warning: "!", wrong: "✗" };

/** Markdown: a row a thing, and what to do about it where something is to be done. */
export function toDocument({ folder, rows }: EnvironmentReport, words: ReportWords): string {
  const lines = rows.map(({ name, verdict, says, advice }) => {
    const text = advice ? `${cell(says)}<br>→ **${cell(advice)}**` : cell(says);
    return `| ${MARKS[verdict]} | ${cell(name)} | ${text} |`;
  });
  const summary = words.summary(count(rows, "wrong"), count(rows, "warning"));
  return [
    `# ${words.title}`,
    "",
    `\`${folder}\``,
    "",
    summary,
    "",
    "| | | |",
    "|:-:|:--|:--|",
    ...lines,
    "",
  ].join("\n");
}

function count(rows: EnvironmentRow[], verdict: EnvironmentRow["verdict"]): number {
  return rows.filter((row) => row.verdict === verdict).length;
}

/** Nothing in a path or a message ends the cell, or is taken for markup. */
function cell(text: string): string {
  return text
    .replace(/[\\`*_[\]#|~]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/\s+/g, " ");
}
