/** A throw-away copy of a sample, laid out like samples/: the recipe's folder beside models/. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { OLDER_TRAINING_PYTHON, SAMPLES } from "../../.ci/setup/paths.mjs";
import { endRuns } from "./runs.ts";
import { TRAINING_PYTHON } from "./training.ts";

export interface Workspace {
  /** Parent of everything that one test writes. */
  root: string;
  /** The folder to open. */
  folder: string;
  /** With what still trains in it. */
  remove(): void;
}

const NOT_COPIED = new Set([".tunesmith", "__pycache__"]);

/** The samples are written for transformers 5; what they say in a way of its own, and how 4 says it. */
const IN_TRANSFORMERS_4 = ["train_sampling_strategy: group_by_length", "group_by_length: true"] as const;

function writeForTransformers4(folder: string): void {
  for (const name of readdirSync(folder).filter((each) => each.endsWith(".train.yaml"))) {
    const text = readFileSync(join(folder, name), "utf8");
    writeFileSync(join(folder, name), text.replace(...IN_TRANSFORMERS_4));
  }
}

export function copySample(name = "sentiment"): Workspace {
  const root = mkdtempSync(join(tmpdir(), "tunesmith-"));
  const folder = join(root, "samples", name);
  mkdirSync(join(root, "samples"));
  cpSync(join(SAMPLES, name), folder, {
    recursive: true,
    filter: (source) => !NOT_COPIED.has(basename(source)),
  });
  if (TRAINING_PYTHON === OLDER_TRAINING_PYTHON) writeForTransformers4(folder);
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
