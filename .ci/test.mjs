/**
 * `npm test [-- SUITE …]`: set-up, then the suites, a table, and a last line with the sum.
 * `npm run test:all [-- SUITE …]` has the suites that take longer, too.
 */
import { mkdirSync } from "node:fs";
import { command, setUp } from "./setup.mjs";
import { runSuite } from "./tests/run-suite.mjs";
import { chooseSuites, REPORTS } from "./tests/suites.mjs";
import { formatTable, summary } from "./tests/table.mjs";

async function setUpRow(all) {
  const since = Date.now();
  const row = { title: "Set-up", name: "", passed: 0, failed: 0, skipped: 0 };
  try {
    await setUp({ browser: true, all });
  } catch (error) {
    console.error(error.message);
    row.failed = 1;
  }
  return { ...row, seconds: (Date.now() - since) / 1000 };
}

command(async () => {
  const given = process.argv.slice(2);
  const all = given.includes("--all");
  const names = given.filter((word) => word !== "--all");
  const suites = chooseSuites(names, all);
  mkdirSync(REPORTS, { recursive: true });
  const rows = [await setUpRow(all)];
  for (const suite of rows[0].failed ? [] : suites) rows.push(await runSuite(suite));
  console.log(`\n${formatTable(rows)}\n\n${summary(rows)}`);
  process.exitCode = rows.some(({ failed }) => failed > 0) ? 1 : 0;
});
