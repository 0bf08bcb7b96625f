// Notes in the per-user folder that tell an uninstall, which knows no editor, where environments were made.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";

export interface Note {
  /** The folder of the environments. */
  environments: string;
  /** The folder that the extension is installed in: another editor's environments are not ours to remove. */
  extensions: string;
}

const FOLDER = "environments";

function file(data: string, environments: string): string {
  const name = createHash("sha256").update(environments).digest("hex").slice(0, 16);
  return join(data, FOLDER, `${name}.json`);
}

export async function writeNote(data: string, note: Note): Promise<void> {
  await mkdir(join(data, FOLDER), { recursive: true });
  await writeFile(file(data, note.environments), `${JSON.stringify(note)}\n`);
}

/** What is no note of ours is left out. */
export async function readNotes(data: string): Promise<Note[]> {
  const names = await readdir(join(data, FOLDER)).catch(() => []);
  const notes = names.map(async (name) => {
    const text = await readFile(join(data, FOLDER, name), "utf8").catch(() => "");
    const note = parse(text);
    return note !== undefined && join(data, FOLDER, name) === file(data, note.environments) ? [note] : [];
  });
  return (await Promise.all(notes)).flat();
}

export async function removeNote(data: string, { environments }: Note): Promise<void> {
  await rm(file(data, environments), { force: true });
}

function parse(text: string): Note | undefined {
  try {
    const { environments, extensions } = JSON.parse(text) as Partial<Note>;
    const known = [environments, extensions].every((path) => typeof path === "string" && isAbsolute(path));
    return known ? { environments: environments as string, extensions: extensions as string } : undefined;
  } catch {
    return undefined;
  }
}
