/** Recipes for the servers to read: copies of the sample's, each with the same two mistakes. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SAMPLES } from "../../.ci/setup/paths.mjs";

export interface Recipes {
  folder: string;
  cache: string;
  files: string[];
  remove(): void;
}

/** The mistakes are of kinds that both servers see: a section and a value that the schema does not know. */
const recipe = (number: number): string => `task: text-classification
modle: {name_or_path: ../models/minilm}
data:
  train: data/reviews.csv
  split: {validation: 0.1, test: 0.1, seed: ${number}}
  columns: {text: review, label: sentiment}
  prepare: 3
train:
  learning_rate: 5.0e-5
  num_train_epochs: ${number}
  per_device_train_batch_size: 16
  per_device_eval_batch_size: 32
  eval_strategy: epoch
  logging_steps: 10
  seed: ${number}
`;

export function writeRecipes(count: number): Recipes {
  const root = mkdtempSync(join(tmpdir(), "tunesmith-bench-"));
  const folder = join(root, "project");
  const cache = join(root, "cache");
  for (const each of [folder, cache]) mkdirSync(each);
  symlinkSync(join(SAMPLES, "models"), join(root, "models"));
  symlinkSync(join(SAMPLES, "sentiment", "data"), join(folder, "data"));
  const files = Array.from({ length: count }, (_, number) => join(folder, `recipe-${number + 1}.train.yaml`));
  files.forEach((file, number) => {
    writeFileSync(file, recipe(number + 1));
  });
  return { folder, cache, files, remove: () => rmSync(root, { recursive: true, force: true }) };
}
