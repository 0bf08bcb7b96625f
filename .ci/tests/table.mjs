/** The closing table, and the one line that sums it up. */
const COLUMNS = [
  ["suite", ({ title }) => title],
  ["name", ({ name }) => name],
  ["passed", ({ passed }) => String(passed)],
  ["failed", ({ failed }) => String(failed)],
  ["skipped", ({ skipped }) => String(skipped)],
  ["seconds", ({ seconds }) => seconds.toFixed(1)],
];
const LEFT = 2;

const sum = (rows, key) => rows.reduce((total, row) => total + row[key], 0);

export function formatTable(rows) {
  const cells = [COLUMNS.map(([head]) => head), ...rows.map((row) => COLUMNS.map(([, cell]) => cell(row)))];
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const pad = (text, column) => (column < LEFT ? text.padEnd(widths[column]) : text.padStart(widths[column]));
  return cells.map((row) => row.map(pad).join("  ")).join("\n");
}

export function summary(rows) {
  return `tests: ${sum(rows, "passed")} passed, ${sum(rows, "failed")} failed, ${sum(rows, "skipped")} skipped`;
}
