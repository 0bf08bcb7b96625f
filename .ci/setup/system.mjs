/** What must come from the system: an explicit table, and the consent to install it. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline/promises";
import { canMakeEnvironments } from "./python.mjs";

const CHROMIUM_NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const CHROMIUM_MAC = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

const CLUSTER = ["slurmctld", "slurmd", "sbatch", "munged"];

export function which(name) {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Path of the browser of the tests: CHROMIUM, else one on PATH, else a macOS application. */
export function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  return CHROMIUM_NAMES.map(which).find(Boolean) ?? CHROMIUM_MAC.find((path) => existsSync(path));
}

const NEEDS = [
  {
    what: "Python's venv module",
    step: "tools",
    stands: (python) => canMakeEnvironments(python),
    apt: (python) => [
      python.command === "python3" ? "python3-venv" : `python${python.major}.${python.minor}-venv`,
    ],
    mac: "brew install python@3.13",
  },
  {
    what: "a C++ compiler and make",
    step: "tools",
    stands: () => Boolean(which("c++") ?? which("g++")) && Boolean(which("make")),
    apt: () => ["g++", "make"],
    mac: "xcode-select --install",
  },
  {
    what: "Chromium",
    step: "browser",
    stands: () => Boolean(findChromium()),
    apt: () => ["chromium", "fonts-dejavu-core"],
    mac: "brew install --cask chromium",
  },
  {
    what: "Slurm",
    step: "cluster",
    // Its tests say that they were skipped, and why.
    optional: true,
    stands: () => CLUSTER.every((name) => which(name) ?? existsSync(join("/usr/sbin", name))),
    apt: () => ["slurmctld", "slurmd", "slurm-client", "munge"],
  },
  {
    what: "the ip command",
    step: "cluster",
    // The same: tests of two machines, which are two network namespaces.
    optional: true,
    stands: () => Boolean(which("ip")) || existsSync("/usr/sbin/ip"),
    apt: () => ["iproute2"],
  },
];

const isDebian = () => existsSync("/etc/debian_version") && Boolean(which("apt-get"));
const isRoot = () => process.getuid?.() === 0;
const prefix = () => (isRoot() ? [] : ["sudo"]);
const hasTerminal = () => Boolean(process.stdin.isTTY && process.stdout.isTTY) && process.env.CI !== "true";

function howToInstall(missing, packages) {
  if (process.platform === "darwin") return missing.map(({ mac }) => `  ${mac}`).join("\n");
  if (isDebian())
    return `  ${[...prefix(), "apt-get", "install", "--no-install-recommends", ...packages].join(" ")}`;
  return `  the packages that your system has for: ${missing.map(({ what }) => what).join(", ")}`;
}

async function agreed(question) {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} [Y/n] `);
  terminal.close();
  return /^(y|yes)?$/i.test(answer.trim());
}

/** What `npm start` can do without is for the tests; what no package of this system has is left out. */
const isWanted = (need, browser) => (browser || need.step === "tools") && (!need.optional || isDebian());

/** Packages to install per step ("tools", "browser", "cluster"), agreed to; throws when the user has to do it. */
export async function planSystemPackages(python, { browser }) {
  const absent = NEEDS.filter((need) => isWanted(need, browser) && !need.stands(python));
  const mayAsk = isRoot() || hasTerminal() || process.env.CI === "true";
  const missing = absent.filter(({ optional }) => !optional || mayAsk);
  if (missing.length === 0) return {};
  const packages = missing.flatMap((need) => need.apt(python));
  const names = missing.map(({ what }) => what).join(", ");
  const how = howToInstall(missing, packages);
  const mayInstall =
    isDebian() &&
    (hasTerminal()
      ? await agreed(`Missing: ${names}. Install it with this command?\n${how}\n`)
      : isRoot() || process.env.CI === "true");
  if (!mayInstall && missing.every(({ optional }) => optional)) return {};
  if (!mayInstall) {
    const chromium = missing.some(({ step }) => step === "browser")
      ? "\nAny Chrome or Chromium does: CHROMIUM=/path/to/it"
      : "";
    throw new Error(`Missing on this system: ${names}. Install it, then run this again:\n${how}${chromium}`);
  }
  // A password is asked for here, before the progress display takes the terminal.
  if (!isRoot()) spawnSync("sudo", ["-v"], { stdio: "inherit" });
  return packagesPerStep(missing, python);
}

function packagesPerStep(missing, python) {
  const plan = {};
  for (const need of missing) plan[need.step] = [...(plan[need.step] ?? []), ...need.apt(python)];
  return plan;
}

/** Where the packages cannot be had the tests that need them are skipped, and say so. */
export async function installIfPossible(log, packages) {
  try {
    await installSystemPackages(log, packages);
  } catch (error) {
    log.say(`${error.message}; what needs ${packages.join(", ")} will be skipped`);
  }
}

export async function installSystemPackages({ run }, packages) {
  const [command, ...rest] = [...prefix(), "apt-get"];
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run(command, [...rest, "update"], { env });
  await run(command, [...rest, "install", "-y", "--no-install-recommends", ...packages], { env });
}
