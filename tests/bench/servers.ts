/** The two language servers that are compared, each as an editor starts it. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { DAEMON_PYTHON, ROOT, TRAINING_PYTHON } from "../../.ci/setup/paths.mjs";
import type { ServerKind } from "./languageServer.ts";

export const SCHEMA = join(ROOT, "schemas", "recipe.schema.json");

/** `cache`: where it keeps what it has read of installed packages. */
export function tunesmith(cache: string): ServerKind {
  return {
    name: "tunesmith",
    command: DAEMON_PYTHON,
    args: ["-P", "-m", "tunesmith", "lsp"],
    env: { XDG_CACHE_HOME: cache },
    initializationOptions: { trusted: true, trainingInterpreter: TRAINING_PYTHON },
  };
}

export function yamlLanguageServer(): ServerKind {
  const packaged = createRequire(import.meta.url).resolve("yaml-language-server/package.json");
  const { version } = createRequire(import.meta.url)(packaged) as { version: string };
  const yaml = {
    validate: true,
    schemaStore: { enable: false },
    schemas: { [pathToFileURL(SCHEMA).href]: ["*.train.yaml"] },
  };
  return {
    name: `yaml-language-server ${version}, our schema`,
    command: process.execPath,
    args: [join(dirname(packaged), "bin", "yaml-language-server"), "--stdio"],
    configuration: { yaml },
  };
}
