/** The wheels that travel in a package: tunesmith's own, the locked dependencies, and pip to install them with. */
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { CACHE, DAEMON_PYTHON, ROOT } from "../setup/paths.mjs";

const LOCK = join(ROOT, "daemon", "requirements.txt");
const DOWNLOADS = join(CACHE, "package", "wheels");

const wheelsIn = (folder) => readdirSync(folder).filter((name) => name.endsWith(".whl"));

const sha256 = (data) => createHash("sha256").update(data).digest("hex");

/** tunesmith's own wheel, in `folder`. */
export async function buildOwnWheel({ run }, folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const options = ["--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--wheel-dir", folder];
  await run(DAEMON_PYTHON, ["-m", "pip", "wheel", ...options, ROOT]);
  const [name, ...others] = wheelsIn(folder);
  if (!name || others.length > 0) throw new Error(`Expected one wheel in ${folder}: ${[name, ...others]}`);
  return join(folder, name);
}

/** The folder with the dependencies' and pip's wheels for one Python on one target; downloaded once a lock. */
export async function fetchWheels({ run }, target, python) {
  const folder = join(DOWNLOADS, `${target.name}-${python}-${sha256(readFileSync(LOCK)).slice(0, 12)}`);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.new-${process.pid}`;
  mkdirSync(partial, { recursive: true });
  const platforms = target.platforms.flatMap((platform) => ["--platform", platform]);
  const options = [
    "--only-binary=:all:",
    "--no-deps",
    "--disable-pip-version-check",
    "--progress-bar",
    "off",
  ];
  const what = ["--implementation", "cp", "--python-version", python, "--requirement", LOCK, "pip"];
  try {
    await run(DAEMON_PYTHON, ["-m", "pip", "download", ...options, ...platforms, ...what, "--dest", partial]);
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return folder;
}

/** `name==version`, as a wheel's file name says them. */
function requirementOf(wheel) {
  const [name, version] = wheel.split("-");
  return `${name.replaceAll("_", "-").toLowerCase()}==${version}`;
}

/** Every carried wheel by its hash, so that what is installed is what was packed. */
function requirements(folder) {
  const hashes = new Map();
  for (const wheel of wheelsIn(folder).sort()) {
    const requirement = requirementOf(wheel);
    if (requirement.startsWith("pip==")) continue;
    const hash = `--hash=sha256:${sha256(readFileSync(join(folder, wheel)))}`;
    hashes.set(requirement, [...(hashes.get(requirement) ?? []), hash]);
  }
  return [...hashes].map(([requirement, found]) => `${[requirement, ...found].join(" \\\n  ")}\n`).join("");
}

/** Puts all together in `folder`, with the list to install and the Pythons that it serves. Returns its size. */
export function gatherWheels(folder, own, fetched) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const source of fetched.values()) cpSync(source, folder, { recursive: true });
  cpSync(own, join(folder, own.split("/").at(-1)));
  writeFileSync(join(folder, "requirements.txt"), requirements(folder));
  writeFileSync(join(folder, "wheels.json"), `${JSON.stringify({ pythons: [...fetched.keys()] })}\n`);
  return wheelsIn(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
