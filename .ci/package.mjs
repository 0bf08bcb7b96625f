/**
 * `npm run package [-- TARGET …] [--python VERSION …]`: a .vsix for each target, with all that its first use needs,
 * into .cache/package. A target whose wheels cannot be had is named and left out.
 */
import { readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { PYTHONS, TARGETS } from "./package/targets.mjs";
import { NoWheels, packageTarget } from "./package/vsix.mjs";
import { buildOwnWheel } from "./package/wheels.mjs";
import { logPath, openLog } from "./setup/command.mjs";
import { CACHE, EXTENSION, ROOT } from "./setup/paths.mjs";
import { command, setUp } from "./setup.mjs";

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

function chosen() {
  const options = { python: { type: "string", multiple: true, default: PYTHONS } };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const names = TARGETS.map(({ name }) => name);
  const unknown = [
    ...positionals.filter((name) => !names.includes(name)),
    ...values.python.filter((version) => !PYTHONS.includes(version)),
  ];
  if (unknown.length > 0)
    throw new Error(
      `Not known: ${unknown.join(", ")}. Targets: ${names.join(", ")}; Pythons: ${PYTHONS.join(", ")}`,
    );
  const targets = TARGETS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  return { targets, pythons: values.python };
}

command(async () => {
  const { targets, pythons } = chosen();
  await setUp({ browser: false });
  const { version } = JSON.parse(readFileSync(join(EXTENSION, "package.json"), "utf8"));
  const log = openLog("package");
  const own = await buildOwnWheel(log, join(CACHE, "package", "own"));
  const left = [];
  for (const target of targets) {
    const out = join(CACHE, "package", `tunesmith-${version}-${target.name}.vsix`);
    try {
      const made = await packageTarget(log, target, { pythons, own, out, say: console.warn });
      const size = `${megabytes(statSync(out).size)}, ${megabytes(made.wheelBytes)} of wheels`;
      console.log(`✓ ${relative(ROOT, out)}: ${size}, Python ${made.pythons.join(", ")}`);
    } catch (error) {
      if (!(error instanceof NoWheels)) throw error;
      console.warn(`✗ ${target.name} is left out: ${error.message}. Log: ${logPath("package")}`);
      left.push(target);
    }
  }
  await log.close();
  const needed = left.filter(({ required }) => required).map(({ name }) => name);
  if (needed.length > 0) throw new Error(`Not packaged: ${needed.join(", ")}`);
});
