/**
 * THE table of set-up steps. `inputs` are hashed; a step whose hash and `outputs` stand is skipped;
 * steps whose `needs` are done run side by side.
 */
import { join } from "node:path";
import { SAMPLES } from "../../extension/samples.mjs";
import { hostTarget } from "../package/targets.mjs";
import { installDeepspeed, installEnvironment } from "./environments.mjs";
import { buildExtension, installExtension, packageExtension, packageForTests } from "./extension.mjs";
import * as at from "./paths.mjs";
import { installIfPossible, installSystemPackages } from "./system.mjs";
import { installWorkbench } from "./workbench.mjs";

const DEEPSPEED = "samples/requirements-deepspeed.txt";

/** They travel in the extension. */
const CARRIED_SAMPLES = SAMPLES.map((name) => `samples/${name}`);

/**
 * The chosen Python, the system packages that were agreed to, and for what: the browser tests, `npm run test:all`.
 */
export function stepTable({ python, systemPackages, browser, all }) {
  const target = browser ? hostTarget() : undefined;
  const pythonFact = `python ${python.executable} ${python.major}.${python.minor}`;
  const nodeFact = `node ${process.versions.modules}`;
  return [
    ...["tools", "browser", "cluster"]
      .filter((name) => systemPackages[name])
      .map((name, i, names) => ({
        name,
        title: `System packages: ${systemPackages[name].join(", ")}`,
        inputs: [],
        always: true,
        needs: names.slice(0, i),
        run: (log) =>
          (name === "cluster" ? installIfPossible : installSystemPackages)(log, systemPackages[name]),
      })),
    {
      name: "training",
      title: "Training environment (torch, transformers)",
      inputs: ["samples/requirements.txt"],
      facts: [pythonFact],
      outputs: [at.TRAINING_PYTHON],
      needs: ["tools"],
      run: (log) => installEnvironment(log, python, at.TRAINING_ENV, ["samples/requirements.txt"]),
    },
    deepspeedStep("deepspeed", "DeepSpeed", at.TRAINING_ENV, "training", "samples/requirements.txt"),
    ...(all
      ? [
          deepspeedStep(
            "deepspeed-older",
            "DeepSpeed in the second training environment",
            at.OLDER_TRAINING_ENV,
            "training-older",
            "tests/requirements-transformers-4.txt",
          ),
          {
            name: "training-older",
            title: "Second training environment (transformers 4.57)",
            inputs: ["tests/requirements-transformers-4.txt"],
            facts: [pythonFact],
            outputs: [at.OLDER_TRAINING_PYTHON],
            needs: ["tools"],
            run: (log) =>
              installEnvironment(log, python, at.OLDER_TRAINING_ENV, [
                "tests/requirements-transformers-4.txt",
              ]),
          },
        ]
      : []),
    {
      name: "daemon",
      title: "Daemon environment",
      inputs: ["daemon/requirements.txt", "daemon/requirements-dev.txt", "pyproject.toml"],
      facts: [pythonFact],
      outputs: [at.DAEMON_PYTHON, join(at.DAEMON_ENV, "bin", "tunesmith")],
      needs: ["tools"],
      run: async (log) => {
        await installEnvironment(log, python, at.DAEMON_ENV, ["daemon/requirements-dev.txt"]);
        const pip = ["-m", "pip", "install", "--no-deps", "--no-build-isolation", "--editable", "."];
        await log.run(at.DAEMON_PYTHON, pip);
      },
    },
    {
      // As in an installation: where Python is told to write no bytecode, each start would compile it all.
      name: "bytecode",
      title: "Bytecode of the daemon",
      inputs: ["daemon/tunesmith"],
      facts: [pythonFact],
      outputs: [join(at.ROOT, "daemon", "tunesmith", "__pycache__")],
      needs: ["daemon"],
      run: (log) => log.run(at.DAEMON_PYTHON, ["-m", "compileall", "-q", "daemon/tunesmith"]),
    },
    {
      name: "npm",
      title: "Node packages",
      inputs: ["package-lock.json", ".npmrc"],
      facts: [nodeFact],
      outputs: [at.nodeTool("esbuild")],
      needs: [],
      run: (log) => log.run("npm", ["ci", "--no-audit", "--no-fund"]),
    },
    {
      name: "workbench",
      title: "Workbench (code-server and its Node)",
      inputs: ["tests/workbench/package.json", "tests/workbench/package-lock.json", ".npmrc"],
      outputs: [join(at.CODE_SERVER, "out", "node", "entry.js")],
      needs: ["tools"],
      run: (log) => installWorkbench(log, python),
    },
    {
      name: "samples",
      title: "Sample model, reviews and plays",
      inputs: ["samples/fetch.py"],
      outputs: [join(at.MODEL, "model.safetensors"), at.REVIEWS, at.PLAYS],
      needs: ["daemon"],
      run: (log) => log.run(at.DAEMON_PYTHON, ["samples/fetch.py"]),
    },
    {
      name: "tokenizer",
      title: "Tokenizer of the small language model",
      inputs: ["samples/story-lm/train_tokenizer.py", "samples/fetch.py"],
      outputs: [join(at.TOKENIZER, "tokenizer.json")],
      needs: ["training", "samples"],
      run: (log) => log.run(at.TRAINING_PYTHON, ["samples/story-lm/train_tokenizer.py"]),
    },
    {
      name: "extension",
      title: "Extension",
      inputs: ["extension", ...CARRIED_SAMPLES, "README.md", "LICENSE", "CHANGELOG.md", "package-lock.json"],
      outputs: [at.VSIX],
      needs: ["npm"],
      run: async (log) => {
        await buildExtension(log);
        await packageExtension(log);
      },
    },
    {
      name: "install",
      title: "Extension in the workbench",
      inputs: [".cache/tunesmith.vsix", "tests/workbench/package-lock.json"],
      outputs: [join(at.WORKBENCH_EXTENSIONS, "extensions.json")],
      needs: ["extension", "workbench"],
      run: installExtension,
    },
    ...(target ? [packageStep(target, python)] : []),
  ];
}

/** Into the environment that the step `needed` makes from `lock`. */
const deepspeedStep = (name, title, environment, needed, lock) => ({
  name,
  title,
  inputs: [DEEPSPEED, lock],
  outputs: [join(environment, "bin", "deepspeed")],
  needs: [needed],
  run: (log) => installDeepspeed(log, environment, DEEPSPEED),
});

const packageStep = (target, python) => ({
  name: "package",
  title: "Package with its wheels",
  inputs: [
    ".ci/package",
    "daemon",
    "extension",
    ...CARRIED_SAMPLES,
    "pyproject.toml",
    "LICENSE",
    "CHANGELOG.md",
    "package-lock.json",
  ],
  facts: [`${target.name} ${python.major}.${python.minor}`],
  outputs: [at.PACKAGED_VSIX],
  needs: ["daemon", "extension"],
  run: (log) => packageForTests(log, target, python),
});
