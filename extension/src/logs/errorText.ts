// What ended a run, in one document: the rank that failed first, then the others, then who started them.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { l10n } from "vscode";
import { firstError } from "../models/outcome";
import type { Rank, Run } from "../protocol.gen";
import { rankDescription } from "../views/rankWords";
import { failureMessage } from "../views/words";
import { lastLines, type Section, written } from "./sections";
import { tail } from "./tail";
import { cannotRead, logName } from "./texts";
import { ofRun } from "./uris";

const LINES = 50;
/** Bytes that hold so many lines, unless a progress bar wrote them. */
const BYTES = 64 * 1024;

/** `first`: the rank that is asked about, else the one that failed first stands at the top. */
export async function errorText(run: Run, first: number | undefined): Promise<string> {
  const root = firstError(run) ?? run.ranks.find(({ log }) => log !== null && log === run.log);
  const top = first ?? root?.number;
  const ranks = [...run.ranks].sort((a, b) => Number(b.number === top) - Number(a.number === top));
  const told = await Promise.all(ranks.map((rank) => ofRank(rank, rank === root && ranks.length > 1)));
  const sections = [...told, ...(root?.traceback ? [] : await ofStarters(run))];
  // Without its tag, which an editor takes for a colour.
  return `${failureMessage(run, run.name)}\n\n${written(sections)}`;
}

async function ofRank(rank: Rank, isRoot: boolean): Promise<Section> {
  const name = l10n.t("rank {0}", rank.number);
  const traceback = rank.traceback === null ? rankDescription(rank) : await tracebackIn(rank.traceback);
  const parts = [traceback, ...(rank.log === null ? [] : [await endOf(rank.log)])];
  return {
    title: isRoot ? l10n.t("{0}, which failed first", name) : name,
    text: parts.filter(Boolean).join("\n\n"),
  };
}

/** Who launched the ranks has the last word when none of them left one. */
async function ofStarters(run: Run): Promise<Section[]> {
  const folder = join(run.folder, "attempts", String(run.attempt), "log");
  const files = ["launcher.log", "supervisor.log"].map((name) => join(folder, name));
  const sections = await Promise.all(
    files.map(async (file) => ({ title: logName(file), text: await endOf(file, true) })),
  );
  return sections.filter(({ text }) => text !== "");
}

/** "The last 50 lines of …", or nothing of an empty log. */
async function endOf(file: string, mayLack = false): Promise<string> {
  try {
    const { text } = await tail(ofRun(file), { most: BYTES, stride: 1 });
    const lines = lastLines(text, LINES);
    return lines === "" ? "" : `${l10n.t("The last lines of {0}:", file)}\n\n${lines}`;
  } catch (error) {
    return mayLack && (error as NodeJS.ErrnoException).code === "ENOENT" ? "" : cannotRead(file, error);
  }
}

async function tracebackIn(file: string): Promise<string> {
  try {
    const { type, message, traceback } = JSON.parse(await readFile(ofRun(file), "utf8"));
    return String(traceback || `${type}: ${message}`).trimEnd();
  } catch (error) {
    return cannotRead(file, error);
  }
}
