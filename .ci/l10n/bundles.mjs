/** The files with the texts: what VS Code calls bundles, of the sources and of package.json. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EXTENSION } from "../setup/paths.mjs";
import { argumentsOf } from "./messages.mjs";

export const BUNDLE = join(EXTENSION, "l10n", "bundle.l10n.json");
export const MANIFEST_TEXTS = join(EXTENSION, "package.nls.json");

export const LANGUAGES = ["zh-cn"].map((language) => ({
  language,
  bundle: join(EXTENSION, "l10n", `bundle.l10n.${language}.json`),
  manifest: join(EXTENSION, `package.nls.${language}.json`),
}));

export const textsAt = (path) => JSON.parse(readFileSync(path, "utf8"));

/** In the order of the source, without what is said no more. */
export function mendedTranslation(source, translation) {
  const keys = Object.keys(source).filter((key) => translation[key] !== undefined);
  return Object.fromEntries(keys.map((key) => [key, translation[key]]));
}

/** The keys that a translation lacks. */
export const lacking = (source, translation) => Object.keys(source).filter((key) => !translation[key]);

/** The keys whose translation drops or invents an argument, a command or a setting. */
export function changed(source, translation) {
  const parts = (text) =>
    [...argumentsOf(text), ...(text.match(/\(command:[\w.]+\)|`+[^`]+`+|\$\([\w~-]+\)/g) ?? [])]
      .sort()
      .join(" ");
  return Object.keys(translation).filter((key) => parts(source[key] ?? "") !== parts(translation[key]));
}
