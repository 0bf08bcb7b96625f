/** What a person types into a recipe: at random lines, key by key, and taken back again. */
import type { Change, Position } from "./languageServer.ts";

/** `cursor`: where a character was typed; none after Enter or a removal, at which editors offer nothing. */
export interface Keystroke {
  change: Change;
  cursor?: Position;
}

const NEW_LINES = ["weight_decay: 0.1", "optim: adamw_torch", "train: data/rev", "note: later"];
const MORE = ["1", "x", " #"];
const ENTRY = /^ *\w+: [^|>#]/;

/**
 * As many keystrokes as wanted. In turn something is appended to a random line, and a new line is written below a
 * random one; each time the text is afterwards as it was.
 */
export function keystrokes(text: string, count: number, random: () => number): Keystroke[] {
  const lines = text.split("\n");
  const places = lines.flatMap((line, number) => (ENTRY.test(line) ? [number] : []));
  const pick = <T>(from: T[]): T => from[Math.floor(random() * from.length)] as T;
  const found: Keystroke[] = [];
  for (let append = true; found.length < count; append = !append) {
    const line = pick(places);
    const end = { line, character: lines[line]?.length ?? 0 };
    found.push(...(append ? typed(pick(MORE), end) : newLine(pick(NEW_LINES), end, indentOf(lines[line]))));
  }
  return found.slice(0, count);
}

/** Numbers from 0 up to 1, the same ones for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    // A linear congruential generator: good enough to choose lines by.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Written one by one at `at`, then removed at once. */
function typed(text: string, at: Position): Keystroke[] {
  const written = [...text].map((char, index) => insert(char, moved(at, index)));
  return [...written, { change: { range: { start: at, end: moved(at, text.length) }, text: "" } }];
}

/** Enter, with the indentation that an editor adds, then the text; the whole line is removed at once. */
function newLine(text: string, end: Position, indent: number): Keystroke[] {
  const start = { line: end.line + 1, character: indent };
  const enter = { change: { range: { start: end, end }, text: `\n${" ".repeat(indent)}` } };
  const written = typed(text, start).slice(0, -1);
  return [enter, ...written, { change: { range: { start: end, end: moved(start, text.length) }, text: "" } }];
}

const insert = (text: string, at: Position): Keystroke => ({
  change: { range: { start: at, end: at }, text },
  cursor: moved(at, text.length),
});

const moved = ({ line, character }: Position, by: number): Position => ({ line, character: character + by });

const indentOf = (line = ""): number => line.length - line.trimStart().length;
