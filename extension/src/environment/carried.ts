// What a packaged extension carries for its daemon: wheels, their list by hash, and pip to install them with.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface Carried {
  folder: string;
  /** The list of what to install, every wheel by its hash. */
  requirements: string;
  /** The pip that is run from its wheel. */
  pip: string;
  /** The Pythons that there are wheels for, such as "3.11". */
  pythons: string[];
  /** Names this very set of wheels. */
  digest: string;
}

/** Undefined for an extension that was packed without wheels, as the one for development is. */
export async function readCarried(extension: string): Promise<Carried | undefined> {
  const folder = join(extension, "wheels");
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) {
    return undefined;
  }
  const pip = names.find((name) => /^pip-.*\.whl$/.test(name));
  if (pip === undefined) {
    throw new Error(`${folder} has no pip. Install the extension again.`);
  }
  const requirements = join(folder, "requirements.txt");
  const about = JSON.parse(await readFile(join(folder, "wheels.json"), "utf8")) as { pythons: string[] };
  const digest = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex");
  return { folder, requirements, pip: join(folder, pip), pythons: about.pythons, digest };
}
