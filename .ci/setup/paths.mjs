/** Where things stand in the checkout. Everything made by the set-up is git-ignored. */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const CACHE = join(ROOT, ".cache");
export const LOGS = join(CACHE, "log");
export const SCREENSHOTS = join(CACHE, "screenshots");
export const STAMPS = join(CACHE, "stamps");

export const DAEMON_ENV = join(ROOT, ".venv");
export const DAEMON_PYTHON = join(DAEMON_ENV, "bin", "python");
export const TRAINING_ENV = join(ROOT, "samples", ".venv");
export const TRAINING_PYTHON = join(TRAINING_ENV, "bin", "python");

/** A second training environment, with the oldest transformers that is tested: only for `npm run test:all`. */
export const OLDER_TRAINING_ENV = join(CACHE, "training-transformers-4");
export const OLDER_TRAINING_PYTHON = join(OLDER_TRAINING_ENV, "bin", "python");

export const SAMPLES = join(ROOT, "samples");
export const MODEL = join(SAMPLES, "models", "minilm");
export const REVIEWS = join(SAMPLES, "sentiment", "data", "reviews.csv");
export const PLAYS = join(SAMPLES, "story-lm", "data", "plays.txt");
export const TOKENIZER = join(SAMPLES, "story-lm", "tokenizer");

export const EXTENSION = join(ROOT, "extension");
export const VSIX = join(CACHE, "tunesmith.vsix");
/** With the wheels of one Python, as `npm run package` makes it with those of all. */
export const PACKAGED_VSIX = join(CACHE, "package", "tests", "tunesmith.vsix");

export const WORKBENCH = join(CACHE, "workbench");
export const WORKBENCH_MODULES = join(WORKBENCH, "node_modules");
export const CODE_SERVER = join(WORKBENCH_MODULES, "code-server");
export const WORKBENCH_EXTENSIONS = join(CACHE, "workbench-extensions");

/** The folder of the Node release that code-server needs; its package is named after the platform. */
export function workbenchNode() {
  const suffix = `${process.platform}-${process.arch}`;
  const name = readdirSync(WORKBENCH_MODULES).find(
    (entry) => /^node-(bin-)?/.test(entry) && entry.endsWith(suffix),
  );
  if (!name) throw new Error(`No Node release for ${suffix} in ${WORKBENCH_MODULES}. Run: npm run setup`);
  return join(WORKBENCH_MODULES, name);
}

/** A bin script of the root's node_modules. */
export function nodeTool(name) {
  return join(ROOT, "node_modules", ".bin", name);
}
