// The rows of Select Training Interpreter, from what the daemon found. No vscode here: these are plain values.
import type { FoundInterpreter } from "../protocol.gen";

/** The words of the rows in the editor's language. */
export interface Words {
  current: string;
  noTorch: string;
  tooOld: string;
  groups: Record<FoundInterpreter["source"], string>;
}

export interface InterpreterRow {
  label: string;
  description: string;
  detail: string;
  path: string;
  current: boolean;
}

export interface Group {
  title: string;
  rows: InterpreterRow[];
}

/** What is installed decides: these two are told of every interpreter. */
const TOLD = ["torch", "transformers"];

/** In the daemon's order, under a title a way of finding. */
export function groups(found: FoundInterpreter[], words: Words): Group[] {
  const sources = [...new Set(found.map(({ source }) => source))];
  return sources.map((source) => ({
    title: words.groups[source],
    rows: found.filter((one) => one.source === source).map((one) => row(one, words)),
  }));
}

function row(one: FoundInterpreter, words: Words): InterpreterRow {
  const mark = one.current ? "$(check) " : one.unfit ? "$(warning) " : "";
  return {
    label: `${mark}${["Python", one.version, `(${one.name})`].filter(Boolean).join(" ")}`,
    description: [...(one.current ? [words.current] : []), one.kind, ...holds(one, words)].join(" · "),
    detail: one.path,
    path: one.path,
    current: one.current,
  };
}

function holds(one: FoundInterpreter, words: Words): string[] {
  if (one.unfit) {
    return [words.tooOld];
  }
  const installed = TOLD.filter((name) => one.packages[name] !== undefined);
  const versions = installed.map((name) => `${name} ${one.packages[name]}`);
  return one.packages.torch === undefined ? [words.noTorch, ...versions] : versions;
}
