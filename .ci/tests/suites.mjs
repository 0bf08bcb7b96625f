/**
 * THE table of suites. A check counts as one test; a runner says how many it ran in its JUnit report.
 * `long` ones run in `npm run test:all` alone.
 */
import { delimiter, join } from "node:path";
import * as at from "../setup/paths.mjs";

export const REPORTS = join(at.CACHE, "reports");
export const reportPath = (name) => join(REPORTS, `${name}.xml`);

const inDaemonEnv = (name) => join(at.DAEMON_ENV, "bin", name);
const pytest = (name, ...more) => ({
  command: at.DAEMON_PYTHON,
  args: [
    "-m",
    "pytest",
    "-n2",
    "--dist=loadscope",
    `--junitxml=${reportPath(name)}`,
    "--durations=5",
    ...more,
  ],
});
const vitest = (name, project, ...more) => ({
  command: at.nodeTool("vitest"),
  args: [
    "run",
    "--project",
    project,
    "--reporter=default",
    "--reporter=junit",
    `--outputFile.junit=${reportPath(name)}`,
    ...more,
  ],
  cwd: join(at.ROOT, "tests"),
});
const TESTS = join(at.ROOT, "tests");
/** Its cases are a program of their own: they kill what a test runner must not lose. */
export const KILL_MATRIX = {
  command: at.DAEMON_PYTHON,
  args: ["-m", "kill_matrix"],
  env: { PYTHONPATH: [TESTS, join(TESTS, "python")].join(delimiter) },
};
const killMatrix = (name, ...more) => ({
  ...KILL_MATRIX,
  args: [...KILL_MATRIX.args, "--junitxml", reportPath(name), ...more],
});
const withOlderTransformers = { TUNESMITH_TRAINING_PYTHON: at.OLDER_TRAINING_PYTHON };

export const SUITES = [
  {
    name: "ruff",
    title: "Python lint",
    kind: "check",
    command: inDaemonEnv("ruff"),
    args: ["check", "."],
    mend: ".venv/bin/ruff check --fix .",
  },
  {
    name: "format",
    title: "Python format",
    kind: "check",
    command: inDaemonEnv("ruff"),
    args: ["format", "--check", "."],
    mend: ".venv/bin/ruff format .",
  },
  {
    name: "pyright",
    title: "Python types, daemon",
    kind: "check",
    command: at.nodeTool("pyright"),
    args: ["--pythonpath", at.DAEMON_PYTHON],
  },
  {
    name: "pyright-training",
    title: "Python types, training",
    kind: "check",
    command: at.nodeTool("pyright"),
    args: ["--project", ".ci/pyright-training.json", "--pythonpath", at.TRAINING_PYTHON],
  },
  {
    name: "imports",
    title: "Import contracts",
    kind: "check",
    command: inDaemonEnv("lint-imports"),
    args: ["--no-cache"],
  },
  {
    name: "generated",
    title: "Generated files",
    kind: "check",
    command: at.DAEMON_PYTHON,
    args: ["-m", "tunesmith.server.generate", "--check"],
    mend: ".venv/bin/python -m tunesmith.server.generate",
  },
  {
    name: "types",
    title: "TypeScript types, extension",
    kind: "check",
    command: "npm",
    args: ["run", "--silent", "typecheck"],
    cwd: at.EXTENSION,
  },
  {
    name: "types-tests",
    title: "TypeScript types, tests",
    kind: "check",
    command: at.nodeTool("tsc"),
    args: ["--noEmit", "--project", "tests"],
  },
  {
    name: "biome",
    title: "TypeScript lint and format",
    kind: "check",
    command: at.nodeTool("biome"),
    args: ["check", "--error-on-warnings"],
    mend: "npx biome check --write",
  },
  {
    name: "python",
    title: "Python tests",
    kind: "runner",
    ...pytest("python"),
  },
  {
    name: "kill-matrix",
    title: "Kill matrix, one of each kind",
    kind: "runner",
    ...killMatrix("kill-matrix", "--quick"),
  },
  { name: "ts", title: "TypeScript tests", kind: "runner", ...vitest("ts", "ts") },
  {
    name: "browser",
    title: "Browser tests",
    kind: "runner",
    ...vitest("browser", "browser"),
  },
  {
    name: "python-long",
    title: "Python tests that take minutes",
    kind: "runner",
    long: true,
    ...pytest("python-long", "-m", "long"),
  },
  {
    name: "kill-matrix-all",
    title: "Kill matrix",
    kind: "runner",
    long: true,
    ...killMatrix("kill-matrix-all"),
  },
  {
    name: "cluster",
    title: "Browser tests on a cluster",
    kind: "runner",
    long: true,
    ...vitest("cluster", "cluster"),
  },
  {
    name: "python-transformers-4",
    title: "Python tests, transformers 4.57",
    kind: "runner",
    long: true,
    env: withOlderTransformers,
    ...pytest("python-transformers-4", "tests/python/runs"),
  },
  {
    name: "browser-transformers-4",
    title: "Browser tests, transformers 4.57",
    kind: "runner",
    long: true,
    env: withOlderTransformers,
    ...vitest("browser-transformers-4", "browser", "browser/main-line.test.ts"),
  },
];

/** The suites named in `names`, or all, the long ones only with `long`; "checks" stands for every check. */
export function chooseSuites(names, long = false) {
  const offered = SUITES.filter((suite) => long || !suite.long);
  const known = new Set([...offered.map(({ name }) => name), "checks"]);
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new Error(`No suite is named ${unknown.join(", ")}. Suites: ${[...known].join(", ")}`);
  const wanted = ({ name, kind }) => names.includes(name) || (kind === "check" && names.includes("checks"));
  return names.length === 0 ? offered : offered.filter(wanted);
}
