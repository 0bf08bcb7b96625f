/** The two language servers that are compared, each as an editor starts it. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { DAEMON_PYTHON, ROOT, TRAINING_PYTHON } from "../../.ci/setup/paths.mjs";
import type { ServerKind } from "./languageServer.ts";

export const SCHEMA = join(ROOT, "schemas", "recipe.schema.json");

/** What an editor tells the daemon of a trusted workspace with a chosen interpreter. */
export const TRUSTED = { trusted: true, trainingInterpreter: TRAINING_PYTHON };

/** `cache`: where it keeps what it has read of installed packages. */
export function tunesmith(cache: string): ServerKind {
  return {
    name: "tunesmith",
    command: DAEMON_PYTHON,
    args: ["-P", "-m", "tunesmith", "lsp"],
    env: { XDG_CACHE_HOME: cache },
    initializationOptions: TRUSTED,
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

/**
 * The same server with its wait of 200 ms before each validation set to 0. Nothing can be set for that, so its settings
 * are told before they are made that this one stays as it is; the installed package is not touched.
 */
export function yamlLanguageServerWithoutDelay(): ServerKind {
  const kind = yamlLanguageServer();
  const packaged = createRequire(import.meta.url).resolve("yaml-language-server/package.json");
  const settings = pathToFileURL(join(dirname(packaged), "out", "src", "yamlSettings.js")).href;
  const code = `import { SettingsState } from "${settings}";
    Object.defineProperty(SettingsState.prototype, "validationDelayMs", { get: () => 0, set() {} });`;
  const preload = `data:text/javascript,${encodeURIComponent(code)}`;
  return { ...kind, name: `${kind.name}, no delay`, args: ["--import", preload, ...kind.args] };
}
