// Which Python the daemon's environment can be made with. Only those of the machine are looked at, none of a workspace.
import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { promisify } from "node:util";
import { isExecutable } from "../python";
import { cleanEnvironment } from "./process";

export interface Python {
  path: string;
  version: string;
  /** The file behind all links. */
  resolved: string;
}

/** Why a Python does not serve: it does not start, or no wheel fits its version or its build. */
export type Unfit = { why: "broken" | "version" | "build"; version?: string };

const PATIENCE_MS = 15_000;
const PROBE = [
  "import json, os, platform, sys, sysconfig",
  "print(json.dumps({",
  "  'version': platform.python_version(), 'resolved': os.path.realpath(sys.executable),",
  "  'machine': platform.machine(), 'implementation': sys.implementation.name,",
  "  'freeThreaded': bool(sysconfig.get_config_var('Py_GIL_DISABLED')),",
  "}))",
].join("\n");
const MACHINES: Record<string, string[]> = { x64: ["x86_64", "amd64"], arm64: ["arm64", "aarch64"] };

interface Probed {
  version: string;
  resolved: string;
  machine: string;
  implementation: string;
  freeThreaded: boolean;
}

/** The Pythons that serve, in the order in which a shell would find them. */
export async function findUsable(pythons: string[], env: NodeJS.ProcessEnv, home: string): Promise<Python[]> {
  const found = new Map<string, Python>();
  for (const path of await candidates(pythons, env, home)) {
    const python = (await isExecutable(path)) ? await examine(path, pythons) : undefined;
    if (python !== undefined && !("why" in python) && !found.has(python.resolved)) {
      found.set(python.resolved, python);
    }
  }
  return [...found.values()];
}

/** Starts the interpreter for a moment and says what it is, or why it does not serve. */
export async function examine(path: string, pythons: string[]): Promise<Python | Unfit> {
  const probed = await probe(path);
  if (probed === undefined) {
    return { why: "broken" };
  }
  const { version, resolved } = probed;
  if (!pythons.includes(version.split(".").slice(0, 2).join("."))) {
    return { why: "version", version };
  }
  const ofMachine = MACHINES[process.arch]?.includes(probed.machine.toLowerCase());
  return ofMachine && probed.implementation === "cpython" && !probed.freeThreaded
    ? { path, version, resolved }
    : { why: "build", version };
}

async function probe(path: string): Promise<Probed | undefined> {
  try {
    const { stdout } = await promisify(execFile)(path, ["-I", "-c", PROBE], {
      env: cleanEnvironment(process.env),
      timeout: PATIENCE_MS,
    });
    return JSON.parse(stdout) as Probed;
  } catch {
    return undefined; // It is no Python, or one that does not start: the caller says so.
  }
}

async function candidates(pythons: string[], env: NodeJS.ProcessEnv, home: string): Promise<string[]> {
  const onPath = (env.PATH ?? "").split(delimiter).filter(isAbsolute);
  // An editor that was not started from a shell has a short PATH.
  const usual = ["/opt/homebrew/bin", "/usr/local/bin", "/usr/bin", join(home, ".local", "bin")];
  const pyenv = join(home, ".pyenv", "versions");
  const versions = (await readdir(pyenv).catch(() => [])).map((name) => join(pyenv, name, "bin"));
  const names = ["python3", ...pythons.map((version) => `python${version}`).reverse()];
  const folders = new Set([...onPath, ...usual, ...versions]);
  const paths = [...folders].flatMap((folder) => names.map((name) => join(folder, name)));
  // Apple's stands for another one, and offers to install developer tools when it is started.
  return paths.filter((path) => process.platform !== "darwin" || !path.startsWith("/usr/bin/"));
}
