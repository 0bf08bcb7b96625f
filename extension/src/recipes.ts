import type { DocumentFilter, TextDocument, Uri } from "vscode";

const ENDING = ".train.yaml";

export const RECIPE_FILES = `**/*${ENDING}`;

/** The languages that training configurations of others are written in. */
const LANGUAGES = ["yaml", "json", "jsonc"];

/** What the daemon is told of. Most of it is nobody's training: the daemon knows by the keys, and stays silent. */
export const CHECKED_FILES: DocumentFilter[] = [
  { scheme: "file", pattern: RECIPE_FILES },
  ...LANGUAGES.map((language) => ({ scheme: "file", language })),
  // A recipe is held against its script as it is being written.
  { scheme: "file", language: "python" },
];

export function mayBeChecked({ uri, languageId }: TextDocument): boolean {
  return isRecipe(uri) || (uri.scheme === "file" && LANGUAGES.includes(languageId));
}

export function isRecipe(uri: Uri): boolean {
  return uri.scheme === "file" && uri.path.endsWith(ENDING);
}
