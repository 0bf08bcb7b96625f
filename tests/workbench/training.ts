/** The Python that tests train with: the samples' own, or the one that TUNESMITH_TRAINING_PYTHON names. */
import { chmodSync, cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { TRAINING_PYTHON as SAMPLES_PYTHON } from "../../.ci/setup/paths.mjs";

export const TRAINING_PYTHON = process.env.TUNESMITH_TRAINING_PYTHON || SAMPLES_PYTHON;

const ENVIRONMENT = dirname(dirname(TRAINING_PYTHON));

interface Other {
  /** False: none of the packages that training needs. */
  packages?: boolean;
  /** The file that the interpreter writes its arguments to, whenever anybody runs it. */
  trace?: string;
}

/** The training environment under another name; returns its interpreter. */
export function makeEnvironment(prefix: string, { packages = true, trace }: Other = {}): string {
  const lib = join(ENVIRONMENT, "lib");
  mkdirSync(join(prefix, "bin"), { recursive: true });
  cpSync(join(ENVIRONMENT, "pyvenv.cfg"), join(prefix, "pyvenv.cfg"));
  if (packages) symlinkSync(lib, join(prefix, "lib"));
  else
    for (const python of readdirSync(lib))
      mkdirSync(join(prefix, "lib", python, "site-packages"), { recursive: true });
  const python = join(prefix, "bin", "python");
  const tell = trace ? `echo "$@" >> '${trace}'\n` : "";
  writeFileSync(python, `#!/bin/sh\n${tell}exec '${TRAINING_PYTHON}' "$@"\n`);
  chmodSync(python, 0o755);
  return python;
}
