// What the documents say: ends of logs, with what is left out before them.
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { l10n } from "vscode";
import { gigabytes } from "../../shared/format";
import { type Section, written } from "./sections";
import { MOST, tail } from "./tail";
import { ofRun } from "./uris";

/** Bytes of one log that are worth a look, however many there are. */
const LEAST = 32 * 1024;

export async function logText(file: string): Promise<string> {
  try {
    const { text, before } = await tail(ofRun(file));
    return before === 0 ? text : `${leftOut(file, before)}\n\n${text}`;
  } catch (error) {
    return cannotRead(file, error);
  }
}

/** Logs carry no times, so they stand one under the other: the ranks, then what started them. */
export async function allLogsText(folder: string): Promise<string> {
  try {
    const names = (await readdir(ofRun(folder))).filter((name) => name.endsWith(".log"));
    const most = Math.max(LEAST, Math.floor(MOST / Math.max(1, names.length)));
    const sections = await Promise.all(inOrder(names).map((name) => section(join(folder, name), most)));
    return written(sections.filter(({ text }) => text !== ""));
  } catch (error) {
    return cannotRead(folder, error);
  }
}

async function section(file: string, most: number): Promise<Section> {
  const title = logName(file);
  try {
    const { text, before } = await tail(file, most, Math.floor(most / 2));
    return { title, text: before === 0 ? text : `${leftOut(file, before)}\n${text}` };
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
  return l10n.t("The end of {0}; {1} stand before it.", file, gigabytes(before));
}

export function cannotRead(file: string, error: unknown): string {
  return l10n.t("{0} cannot be read: {1}", file, error instanceof Error ? error.message : String(error));
}
