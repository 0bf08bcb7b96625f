// The samples that the extension carries: those of the repository that train from scratch, without what git ignores.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const SAMPLES = ["sums", "own-script"];
const IS_TEXT = /\.(md|py|yaml)$/;
const root = fileURLToPath(new URL("../samples/", import.meta.url));

/** Path in the extension's folder of samples → content. */
export function sampleFiles() {
  return SAMPLES.flatMap((sample) =>
    readdirSync(join(root, sample))
      .filter((name) => IS_TEXT.test(name))
      .map((name) => [`${sample}/${name}`, readFileSync(join(root, sample, name), "utf8")]),
  );
}
