// Making an environment: under a temporary name and renamed in, so that one that was broken off never counts.
import { randomBytes } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Carried } from "./carried";
import { CommandFailed, run } from "./process";
import type { Python } from "./pythons";
import { complete, type Environment, environmentName, findEnvironment, makeHome, pythonOf } from "./store";

export type Trouble = "disk-full" | "not-writable" | "no-venv" | "other";

/** Why there is no environment: the kind of trouble, and what the tool said. */
export class BuildFailed extends Error {
  constructor(
    readonly trouble: Trouble,
    detail: string,
  ) {
    super(detail);
  }
}

export interface Build {
  home: string;
  carried: Carried;
  python: Python;
  /** An abort leaves nothing behind and throws. */
  signal: AbortSignal;
  log: (line: string) => void;
}

export async function buildEnvironment(build: Build): Promise<Environment> {
  const { home, carried, python, signal } = build;
  const partial = join(home, `.new-${process.pid}-${randomBytes(4).toString("hex")}`);
  try {
    await makeHome(home);
  } catch (error) {
    throw failed(error);
  }
  try {
    await install(partial, build);
    await removeScripts(partial);
    await complete(partial, carried);
    signal.throwIfAborted();
    return await moveIn(partial, join(home, environmentName(carried, python)), build);
  } catch (error) {
    signal.throwIfAborted();
    throw failed(error);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Neither network, nor the user's pip configuration, nor ensurepip, which not every Python has. */
async function install(folder: string, { home, carried, python, signal, log }: Build): Promise<void> {
  const options = { cwd: home, signal, log };
  await run(python.path, ["-I", "-m", "venv", "--without-pip", folder], options);
  const pip = ["-I", join(carried.pip, "pip"), "--isolated", "--disable-pip-version-check", "--no-input"];
  const from = ["--no-index", "--find-links", carried.folder, "--only-binary=:all:", "--no-deps"];
  const how = ["--require-hashes", "--no-cache-dir", "--no-warn-script-location", "--progress-bar=off"];
  const what = ["--requirement", carried.requirements];
  await run(pythonOf(folder), [...pip, "install", ...from, ...how, ...what], options);
  await run(pythonOf(folder), ["-I", "-c", "import tunesmith.server.app, numpy, tree_sitter"], options);
}

/** They name the folder that they were made in. The daemon is started as a module and needs none. */
async function removeScripts(folder: string): Promise<void> {
  const bin = join(folder, "bin");
  const scripts = (await readdir(bin)).filter((name) => !/^python[\d.]*$/.test(name));
  await Promise.all(scripts.map((name) => rm(join(bin, name), { recursive: true })));
}

async function moveIn(partial: string, folder: string, { home, carried }: Build): Promise<Environment> {
  try {
    await rename(partial, folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") {
      throw error;
    }
    // Another window was first; what lies there and is not complete gives way.
    if ((await findEnvironment(home, carried))?.folder !== folder) {
      await rm(folder, { recursive: true, force: true });
      await rename(partial, folder);
    }
  }
  return { folder, python: pythonOf(folder) };
}

const SIGNS: [RegExp, Trouble][] = [
  [/ENOSPC|EDQUOT|No space left on device|quota exceeded/i, "disk-full"],
  [/EACCES|EROFS|EPERM|ENOTDIR|Permission denied|Read-only file system/i, "not-writable"],
  [/No module named '?(venv|ensurepip)/, "no-venv"],
];

function failed(error: unknown): BuildFailed {
  const said = error instanceof CommandFailed ? error.output : String(error);
  const trouble = SIGNS.find(([sign]) => sign.test(said))?.[1] ?? "other";
  return new BuildFailed(trouble, (error as Error).message);
}
