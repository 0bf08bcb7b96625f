/** Python environments, installed by pip from a lock. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const PIP_OPTIONS = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"];

/** An environment whose Python is gone or another one is made anew. */
function isOf(folder, python) {
  const config = join(folder, "pyvenv.cfg");
  if (!existsSync(config) || !existsSync(join(folder, "bin", "python"))) return false;
  return new RegExp(`^version = ${python.major}\\.${python.minor}\\.`, "m").test(
    readFileSync(config, "utf8"),
  );
}

export async function installEnvironment({ run }, python, folder, requirements) {
  if (!isOf(folder, python)) {
    rmSync(folder, { recursive: true, force: true });
    await run(python.executable, ["-m", "venv", folder]);
  }
  const files = requirements.flatMap((file) => ["--requirement", file]);
  await run(join(folder, "bin", "python"), ["-m", "pip", "install", ...PIP_OPTIONS, ...files]);
}

/** DeepSpeed is built against the torch of the environment, and compiles nothing yet: no compiler is needed. */
export async function installDeepspeed({ run }, folder, requirements) {
  const args = [
    "-m",
    "pip",
    "install",
    ...PIP_OPTIONS,
    "--no-build-isolation",
    "--requirement",
    requirements,
  ];
  await run(join(folder, "bin", "python"), args, { env: { DS_BUILD_OPS: "0" } });
}
