/** `npm run lock`: resolves the Python requirements anew in throw-away environments and writes the lock files. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./setup/paths.mjs";
import { findPython } from "./setup/python.mjs";
import { command } from "./setup.mjs";

/** Training environments: what is asked for, and its lock. */
const TRAINING = [
  ["samples/requirements.in", "samples/requirements.txt"],
  ["tests/requirements-transformers-4.in", "tests/requirements-transformers-4.txt"],
];

/** What stands between brackets after `key =` in pyproject.toml: plain strings, one a line. */
function requirementsOf(key) {
  const text = readFileSync(join(ROOT, "pyproject.toml"), "utf8");
  const [, list] = text.match(new RegExp(`^${key} = \\[\\n([^\\]]*)\\]`, "m")) ?? [];
  if (!list) throw new Error(`pyproject.toml has no list ${key}`);
  return [...list.matchAll(/"([^"]+)"/g)].map(([, requirement]) => requirement);
}

/** Plain `name==version` lines; a local version (`+cpu`) names a build of one machine and is left out. */
function resolve(requirements, builtOnThose = []) {
  const folder = mkdtempSync(join(tmpdir(), "tunesmith-lock-"));
  const python = join(folder, "bin", "python");
  try {
    execFileSync(findPython().executable, ["-m", "venv", folder]);
    execFileSync(python, ["-m", "pip", "install", "--quiet", ...requirements], { stdio: "inherit" });
    if (builtOnThose.length > 0) {
      execFileSync(python, ["-m", "pip", "install", "--quiet", "--no-build-isolation", ...builtOnThose], {
        stdio: "inherit",
        env: { ...process.env, DS_BUILD_OPS: "0" },
      });
    }
    const frozen = execFileSync(python, ["-m", "pip", "freeze", "--exclude", "setuptools"], {
      encoding: "utf8",
    });
    return frozen
      .trim()
      .split("\n")
      .map((line) => line.replace(/\+.*$/, ""));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function write(path, lines) {
  writeFileSync(join(ROOT, path), `${lines.join("\n")}\n`);
  console.log(`${path}: ${lines.length} lines`);
}

command(async () => {
  const daemon = resolve(requirementsOf("dependencies"));
  write("daemon/requirements.txt", daemon);
  const dev = resolve([...daemon, ...requirementsOf("dev")]);
  write("daemon/requirements-dev.txt", [
    "-r requirements.txt",
    ...dev.filter((line) => !daemon.includes(line)),
  ]);
  for (const [given, lock] of TRAINING) write(lock, resolve(["--requirement", join(ROOT, given)]));
  const training = ["--requirement", join(ROOT, TRAINING[0][1])];
  const plain = resolve(training);
  const deepspeed = resolve(training, ["--requirement", join(ROOT, "samples/requirements-deepspeed.in")]);
  write(
    "samples/requirements-deepspeed.txt",
    deepspeed.filter((line) => !plain.includes(line)),
  );
});
