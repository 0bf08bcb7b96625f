// The daemon's environments on disk: `daemon/<name>/` in the extension's storage, each with a record of what it is.
import { createHash } from "node:crypto";
import { lstat, mkdir, readdir, readFile, realpath, rm, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Carried } from "./carried";
import type { Python } from "./pythons";

/** Lies in the folder of the environments: nothing is removed where it is missing. */
export const MARK = "made-by-tunesmith.json";
/** Beside the environments, not in the editor's memory: a window in another browser must not ask again. */
const AGREED = "agreed.json";
const RECORD = "environment.json";
const USERS = "in-use";
const COMPLETE = /^[0-9a-f]{16}$/;
const PARTIAL = /^\.new-(\d+)-[0-9a-f]+$/;

export interface Environment {
  folder: string;
  python: string;
}

interface About {
  wheels: string;
  /** What `bin/python` led to when it was made: after a system upgrade it may be another Python. */
  resolved: string;
  created: number;
}

export function environmentName(carried: Carried, python: Python): string {
  const what = [carried.digest, python.resolved, python.version].join("\0");
  return createHash("sha256").update(what).digest("hex").slice(0, 16);
}

export async function makeHome(home: string): Promise<void> {
  await mkdir(home, { recursive: true });
  await writeFile(join(home, MARK), "{}\n");
}

/** The user agrees to environments being made here, now and for newer versions. */
export async function agree(home: string): Promise<void> {
  await makeHome(home);
  await writeFile(join(home, AGREED), "{}\n");
}

export async function withdraw(home: string): Promise<void> {
  await rm(join(home, AGREED), { force: true });
}

export async function hasAgreed(home: string): Promise<boolean> {
  return (await lstat(join(home, AGREED)).catch(() => undefined)) !== undefined;
}

/** The last line of making one: an environment without its record does not count. */
export async function complete(folder: string, carried: Carried): Promise<void> {
  const resolved = await realpath(pythonOf(folder));
  const record: About = { wheels: carried.digest, resolved, created: Date.now() };
  await mkdir(join(folder, USERS));
  await writeFile(join(folder, RECORD), `${JSON.stringify(record)}\n`);
}

/** The newest environment with these wheels whose Python is still the one it was made with. */
export async function findEnvironment(home: string, carried: Carried): Promise<Environment | undefined> {
  const found: { created: number; folder: string }[] = [];
  for (const name of await namesIn(home)) {
    const folder = join(home, name);
    const record = COMPLETE.test(name) ? await readRecord(folder) : undefined;
    if (record?.wheels === carried.digest && (await leadsTo(pythonOf(folder), record.resolved))) {
      found.push({ created: record.created, folder });
    }
  }
  const newest = found.sort((a, b) => b.created - a.created)[0];
  return newest && { folder: newest.folder, python: pythonOf(newest.folder) };
}

/** Says that process `pid` uses it, so that no other window removes it. */
export async function hold({ folder }: Environment, pid: number): Promise<void> {
  await writeFile(join(folder, USERS, String(pid)), "");
}

/** Removes every other environment that no living process uses, and what a broken-off making left. Returns them. */
export async function removeOthers(home: string, kept: Environment): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await namesIn(home)) {
    const folder = join(home, name);
    const maker = PARTIAL.exec(name)?.[1];
    const idle = maker ? !isAlive(Number(maker)) : COMPLETE.test(name) && !(await isUsed(folder));
    if (folder !== kept.folder && idle) {
      await rm(folder, { recursive: true, force: true });
      removed.push(folder);
    }
  }
  return removed;
}

/** Removes all that was made in `home` and nothing else; a folder that is not marked as ours is left alone. */
export async function removeAll(home: string): Promise<string[]> {
  const marked = (await lstat(join(home, MARK)).catch(() => undefined))?.isFile();
  if (!marked || !(await lstat(home)).isDirectory()) {
    return [];
  }
  const removed: string[] = [];
  for (const name of await namesIn(home)) {
    if (COMPLETE.test(name) || PARTIAL.test(name)) {
      await rm(join(home, name), { recursive: true, force: true });
      removed.push(join(home, name));
    }
  }
  await withdraw(home);
  await rm(join(home, MARK));
  await rmdir(home).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOTEMPTY") {
      throw error; // Something of somebody else's in it may stay.
    }
  });
  return removed;
}

export function pythonOf(folder: string): string {
  return join(folder, "bin", "python");
}

/** The folders in `home` itself; a link to one elsewhere is none. */
async function namesIn(home: string): Promise<string[]> {
  const entries = await readdir(home, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

async function readRecord(folder: string): Promise<About | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, RECORD), "utf8")) as About;
  } catch {
    return undefined; // Not complete: it does not count.
  }
}

async function leadsTo(link: string, target: string): Promise<boolean> {
  return (await realpath(link).catch(() => undefined)) === target;
}

async function isUsed(folder: string): Promise<boolean> {
  const pids = await readdir(join(folder, USERS)).catch(() => []);
  return pids.some((pid) => isAlive(Number(pid)));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
