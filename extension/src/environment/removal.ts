// What is removed when the extension is: the daemon's environments that were made for it.
import { readNotes, removeNote } from "./notes";
import { removeAll } from "./store";

/** Only of the extension in `extensions`: another editor may have Tunesmith too. Returns what was removed. */
export async function removeEnvironments(extensions: string, data: string): Promise<string[]> {
  const removed: string[] = [];
  for (const note of await readNotes(data)) {
    if (note.extensions === extensions) {
      removed.push(...(await removeAll(note.environments)));
      await removeNote(data, note);
    }
  }
  return removed;
}
