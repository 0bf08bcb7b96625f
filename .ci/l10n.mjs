/** `npm run l10n`: writes what the sources say into extension/l10n, and says what a language lacks. */
import { readFileSync, writeFileSync } from "node:fs";
import { BUNDLE, LANGUAGES, lacking, MANIFEST_TEXTS, mendedTranslation, textsAt } from "./l10n/bundles.mjs";
import { bundleOf } from "./l10n/messages.mjs";
import { sources } from "./l10n/sources.mjs";

const write = (path, texts) => {
  const content = `${JSON.stringify(texts, null, 2)}\n`;
  if (readFileSync(path, "utf8") !== content) writeFileSync(path, content);
};

const bundle = bundleOf(sources());
write(BUNDLE, bundle);
for (const { language, bundle: ofSources, manifest } of LANGUAGES)
  for (const [source, path] of [
    [bundle, ofSources],
    [textsAt(MANIFEST_TEXTS), manifest],
  ]) {
    const translation = textsAt(path);
    write(path, mendedTranslation(source, translation));
    for (const key of lacking(source, translation)) {
      console.error(`${language} lacks ${JSON.stringify(key)}`);
      process.exitCode = 1;
    }
  }
