/** A step is current when its stamp holds the hash of its inputs and all its outputs stand. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { ROOT, STAMPS } from "./paths.mjs";

const NOT_INPUT = new Set(["node_modules", "dist", "__pycache__", ".venv", ".vscode-test", ".tunesmith"]);

function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => !NOT_INPUT.has(name))
    .sort()
    .flatMap((name) => filesUnder(join(path, name)));
}

/** Hash of the contents of files and folders, named from the root, and of plain facts such as a version. */
export function hashInputs(paths, facts = []) {
  const hash = createHash("sha256");
  for (const fact of [ROOT, ...facts]) hash.update(`fact ${fact}\n`);
  for (const path of paths.flatMap((each) => filesUnder(join(ROOT, each)))) {
    hash.update(`file ${relative(ROOT, path)}\n`).update(readFileSync(path));
  }
  return hash.digest("hex");
}

export function isCurrent(name, hash, outputs) {
  const stamp = join(STAMPS, name);
  return (
    existsSync(stamp) && readFileSync(stamp, "utf8") === hash && outputs.every((path) => existsSync(path))
  );
}

export function clearStamp(name) {
  rmSync(join(STAMPS, name), { force: true });
}

export function writeStamp(name, hash) {
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(join(STAMPS, name), hash);
}
