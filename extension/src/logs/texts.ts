// What the documents say: ends of logs, with what is left out before them.
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { l10n } from "vscode";
import { fileSize } from "../history/choose";
import { type Section, written } from "./sections";
import { MOST, tail } from "./tail";
import { ofRun } from "./uris";

/** Bytes of one log that are worth a look, however many there are. */
const LEAST = 32 * 1024;

/** Where the texts of a document begin, by file: who reads in the middle of one has its start stay. */
export type Starts = Map<string, number>;

export async function logText(file: string, starts: Starts, followed: boolean): Promise<string> {
  try {
    const { text, before, after } = await tail(ofRun(file), {
      from: followed ? undefined : starts.get(file),
    });
    starts.set(file, before);
    const head = before === 0 ? "" : `${leftOut(file, before)}\n\n`;
    return `${head}${text}${after === 0 ? "" : `\n${notShown(after)}\n`}`;
  } catch (error) {
    return cannotRead(file, error);
  }
}

/** Logs carry no times, so they stand one under the other: the ranks, then what started them. */
export async function allLogsText(folder: string, starts: Starts): Promise<string> {
  try {
    const names = (await readdir(ofRun(folder))).filter((name) => name.endsWith(".log"));
    const most = Math.max(LEAST, Math.floor(MOST / Math.max(1, names.length)));
    const sections = await Promise.all(
      inOrder(names).map((name) => section(join(folder, name), most, starts)),
    );
    return written(sections.filter(({ text }) => text !== ""));
  } catch (error) {
    return cannotRead(folder, error);
  }
}

async function section(file: string, most: number, starts: Starts): Promise<Section> {
  const title = logName(file);
  try {
    const window = { most, stride: Math.floor(most / 2), from: starts.get(file), held: 4 * most };
    const { text, before, after } = await tail(file, window);
    starts.set(file, before);
    const parts = [
      before === 0 ? "" : `${leftOut(file, before)}\n`,
      text,
      after === 0 ? "" : notShown(after),
    ];
    return { title, text: parts.join("") };
  } catch (error) {
    return { title, text: cannotRead(file, error) };
  }
}

/** "rank 1", "launcher" */
export function logName(file: string): string {
  return basename(file, ".log").replace("rank-", "rank ");
}

function inOrder(names: string[]): string[] {
  const place = (name: string): number => Number(/^rank-(\d+)/.exec(name)?.[1] ?? Infinity);
  return [...names].sort((a, b) => (place(a) === place(b) ? a.localeCompare(b) : place(a) - place(b)));
}

function leftOut(file: string, before: number): string {
  return l10n.t("The end of {0}; {1} stand before it.", file, fileSize(before));
}

function notShown(after: number): string {
  return l10n.t("{0} more were written since. Open or follow the log to see its end.", fileSize(after));
}

export function cannotRead(file: string, error: unknown): string {
  return l10n.t("{0} cannot be read: {1}", file, error instanceof Error ? error.message : String(error));
}
