/** `npm run bench [-- IDS…] [--json FILE]`: measures, prints a table, writes the rows. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { printed } from "./print.ts";
import { BENCHMARKS, choose } from "./table.ts";

const USAGE = `Usage: npm run bench -- [${Object.keys(BENCHMARKS).join("|")} …] [--json FILE]`;

function read(args) {
  const { values, positionals } = parseArgs({
    args,
    options: { json: { type: "string" } },
    allowPositionals: true,
  });
  return { chosen: choose(positionals), file: values.json };
}

function readOrExplain(args) {
  try {
    return read(args);
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

const { chosen, file } = readOrExplain(process.argv.slice(2));
const rows = [];
for (const [id, { what, measure }] of chosen) {
  console.log(`${id}: ${what}`);
  try {
    const measured = await measure((line) => console.log(`  ${line}`));
    rows.push(...measured.map((row) => ({ id, ...row })));
  } catch (error) {
    // What the others measure is still worth having.
    console.error(`${id} failed: ${error.stack}`);
    process.exitCode = 1;
  }
}
console.log(`\n${printed(rows)}`);
if (file) {
  writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`);
  console.log(`\nWritten: ${file}`);
}
