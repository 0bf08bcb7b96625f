// Where Python interpreters lie. Files are looked at, no interpreter is run.
import { access, constants, readFile, realpath, stat } from "node:fs/promises";
import { basename, delimiter, dirname, isAbsolute, join, resolve } from "node:path";

export interface FoundPython {
  path: string;
  /** What it was found by: the name of its environment, or where it came from. */
  name: string;
  /** From pyvenv.cfg; undefined outside a virtual environment. */
  version: string | undefined;
}

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

/** The interpreters near `folders` (each and its parents), of the active environment and on the PATH. */
export async function findPythons(folders: string[], env: NodeJS.ProcessEnv): Promise<FoundPython[]> {
  const found = new Map<string, FoundPython>();
  for (const path of candidates(folders, env)) {
    if (await isExecutable(path)) {
      const place = await placeOf(path);
      if (!found.has(place)) {
        found.set(place, { path, name: environmentName(path) ?? path, version: await venvVersion(path) });
      }
    }
  }
  return [...found.values()];
}

export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false; // Nothing there, or nothing that this user may start.
  }
}

function candidates(folders: string[], env: NodeJS.ProcessEnv): string[] {
  const near = folders
    .flatMap(withParents)
    .flatMap((folder) => [join(folder, ".venv"), join(folder, "venv")]);
  const active = [env.VIRTUAL_ENV, env.CONDA_PREFIX].filter((prefix) => prefix !== undefined);
  const onPath = (env.PATH ?? "").split(delimiter).filter(Boolean);
  return [
    ...[...near, ...active].map((prefix) => join(prefix, "bin", "python")),
    ...onPath.map((folder) => join(folder, "python3")),
  ];
}

/** The same for /bin/python3 and /usr/bin/python3, but not for two environments made from one Python. */
async function placeOf(python: string): Promise<string> {
  return join(await realpath(dirname(python)), basename(python));
}

function withParents(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...withParents(parent)];
}

async function venvVersion(python: string): Promise<string | undefined> {
  const file = join(dirname(dirname(python)), "pyvenv.cfg");
  // A Python outside a virtual environment has no such file; its version is then simply not shown.
  const text = await readFile(file, "utf8").catch(() => "");
  return /^version(?:_info)?\s*=\s*(\d+(?:\.\d+)*)/m.exec(text)?.[1];
}
