/** A throw-away copy of a sample, laid out like samples/: the recipe's folder beside models/. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { SAMPLES } from "../../.ci/setup/paths.mjs";
import { endRuns } from "./runs.ts";

export interface Workspace {
  /** Parent of everything that one test writes. */
  root: string;
  /** The folder to open. */
  folder: string;
  /** With what still trains in it. */
  remove(): void;
}

const NOT_COPIED = new Set([".tunesmith", "__pycache__"]);

export function copySample(name = "sentiment"): Workspace {
  const root = mkdtempSync(join(tmpdir(), "tunesmith-"));
  const folder = join(root, "samples", name);
  mkdirSync(join(root, "samples"));
  cpSync(join(SAMPLES, name), folder, {
    recursive: true,
    filter: (source) => !NOT_COPIED.has(basename(source)),
  });
  const models = join(SAMPLES, "models");
  if (existsSync(models)) symlinkSync(models, join(root, "samples", "models"));
  return {
    root,
    folder,
    remove: () => {
      endRuns(folder);
      rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}
