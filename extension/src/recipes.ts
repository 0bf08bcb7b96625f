import type { Uri } from "vscode";

const ENDING = ".train.yaml";

export const RECIPE_FILES = `**/*${ENDING}`;

export function isRecipe(uri: Uri): boolean {
  return uri.scheme === "file" && uri.path.endsWith(ENDING);
}
