/** Python environments, installed by pip from a lock. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

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
  const options = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"];
  await run(join(folder, "bin", "python"), ["-m", "pip", "install", ...options, ...files]);
}
