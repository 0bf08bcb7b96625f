// Paths of Python interpreters. Files are looked at, no interpreter is run.
import { access, constants, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, resolve } from "node:path";

/** `~` and `${workspaceFolder}` become paths; a relative path starts in the workspace folder. */
export function expandPath(text: string, home: string, folder: string | undefined): string {
  const expanded = text
    .replace(/^~(?=$|[\\/])/, home)
    .replace(/\$\{workspaceFolder\}/g, (name) => folder ?? name);
  return isAbsolute(expanded) || folder === undefined || !/[\\/]/.test(expanded)
    ? expanded
    : resolve(folder, expanded);
}

/** The name of the environment that an interpreter lies in: `.venv` of `…/.venv/bin/python`. */
export function environmentName(python: string): string | undefined {
  const folder = dirname(python);
  const prefix = dirname(folder);
  const ofSystem = ["/", "/usr", "/usr/local"].includes(prefix);
  return /^(bin|Scripts)$/.test(basename(folder)) && !ofSystem ? basename(prefix) : undefined;
}

export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false; // Nothing there, or nothing that this user may start.
  }
}
