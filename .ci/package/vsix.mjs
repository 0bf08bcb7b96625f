/** One package: the built extension and its wheels, laid out in a folder of their own and packed by vsce. */
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { CACHE, EXTENSION, nodeTool, ROOT } from "../setup/paths.mjs";
import { fetchWheels, gatherWheels } from "./wheels.mjs";

const OF_EXTENSION = [
  "dist",
  "media",
  "package.json",
  "l10n",
  "package.nls.json",
  "package.nls.zh-cn.json",
  "README.md",
  "LICENSE",
  ".vscodeignore",
];

export class NoWheels extends Error {}

/** The wheels by Python; a Python whose wheels cannot be had is said and left out. */
async function fetchAll(log, target, pythons, say) {
  const fetched = new Map();
  for (const python of pythons) {
    try {
      fetched.set(python, await fetchWheels(log, target, python));
    } catch (error) {
      say(`${target.name}: no wheels for Python ${python} (${error.message})`);
    }
  }
  if (fetched.size === 0) throw new NoWheels(`no wheels for ${target.name} can be had`);
  return fetched;
}

/** Packs `target` for `pythons` into `out`. Returns the Pythons that are served and the size of their wheels. */
export async function packageTarget(log, target, { pythons, own, out, say }) {
  const fetched = await fetchAll(log, target, pythons, say);
  const stage = join(CACHE, "package", "stage", `${target.name}-${[...fetched.keys()].join("-")}`);
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  for (const name of OF_EXTENSION) cpSync(join(EXTENSION, name), join(stage, name), { recursive: true });
  cpSync(join(ROOT, "CHANGELOG.md"), join(stage, "CHANGELOG.md"));
  const wheelBytes = gatherWheels(join(stage, "wheels"), own, fetched);
  mkdirSync(dirname(out), { recursive: true });
  const options = ["--no-dependencies", "--allow-missing-repository", "--target", target.name, "--out", out];
  await log.run(nodeTool("vsce"), ["package", ...options], { cwd: stage });
  rmSync(stage, { recursive: true });
  return { pythons: [...fetched.keys()], wheelBytes };
}
