// A sample is a folder of small texts that the extension carries; people get a copy of it that is theirs.
import { cp, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Copies a sample under `parent`, under the first name that is free, and returns the copy. Nothing is overwritten. */
export async function copySample(sample: string, parent: string, name: string): Promise<string> {
  const folder = await makeFolder(parent, name);
  for (const entry of await readdir(sample)) {
    await cp(join(sample, entry), join(folder, entry), { recursive: true, errorOnExist: true, force: false });
  }
  return folder;
}

async function makeFolder(parent: string, name: string): Promise<string> {
  for (let copy = 1; ; copy++) {
    const folder = join(parent, copy === 1 ? name : `${name}-${copy}`);
    try {
      await mkdir(folder);
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        throw error;
      }
    }
  }
}
