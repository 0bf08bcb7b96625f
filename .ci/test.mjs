/**
 * `npm test [-- SUITE …]`: set-up, then the suites, a table, and a last line with the sum.
 * `npm run test:all [-- SUITE …]` has the suites that take longer, too.
 */
import { mkdirSync } from "node:fs";
import { command, setUp } from "./setup.mjs";
import { runSuite } from "./tests/run-suite.mjs";
import { chooseSuites, REPORTS } from "./tests/suites.mjs";
import { formatTable, summary } from "./tests/table.mjs";

const CHECKS_AT_ONCE = 2;

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

/** Side by side, for each keeps one core busy; their rows in the order of the table. */
async function runChecks(checks) {
  const rows = [];
  let next = 0;
  const work = async () => {
    while (next < checks.length) {
      const place = next++;
      rows[place] = await runSuite(checks[place]);
    }
  };
  await Promise.all(Array.from({ length: CHECKS_AT_ONCE }, work));
  return rows;
}

command(async () => {
  const given = process.argv.slice(2);
  const all = given.includes("--all");
  const names = given.filter((word) => word !== "--all");
  const suites = chooseSuites(names, all);
  mkdirSync(REPORTS, { recursive: true });
  const rows = [await setUpRow(all)];
  if (!rows[0].failed) {
    rows.push(...(await runChecks(suites.filter(({ kind }) => kind === "check"))));
    for (const suite of suites.filter(({ kind }) => kind !== "check")) rows.push(await runSuite(suite));
  }
  console.log(`\n${formatTable(rows)}\n\n${summary(rows)}`);
  process.exitCode = rows.some(({ failed }) => failed > 0) ? 1 : 0;
});
