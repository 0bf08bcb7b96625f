// The last lines of the logs that tell what went on.
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Run } from "../protocol.gen";
import type { Tail } from "./document";

const BYTES = 12_000;
const LINES = 60;

/** The daemon's newest logs, and the supervisors' of these runs; what is not there is left out. */
export async function logTails(logs: string, runs: Run[]): Promise<Tail[]> {
  const ofDaemon = await newest(logs, 2);
  const ofRuns = runs.map(({ folder, attempt }) =>
    join(folder, "attempts", String(attempt), "log", "supervisor.log"),
  );
  const tails = await Promise.all([...ofDaemon, ...ofRuns].map(readTail));
  return tails.filter((tail) => tail !== undefined && tail.text.trim() !== "") as Tail[];
}

async function newest(folder: string, count: number): Promise<string[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".log"));
  const dated = names.map(async (name) => {
    const path = join(folder, name);
    // A daemon that starts may remove it meanwhile.
    return stat(path).then(
      ({ mtimeMs }) => [{ path, time: mtimeMs }],
      () => [],
    );
  });
  return (await Promise.all(dated))
    .flat()
    .sort((a, b) => b.time - a.time)
    .slice(0, count)
    .map(({ path }) => path);
}

export async function readTail(path: string): Promise<Tail | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) {
    return undefined;
  }
  try {
    const { size } = await file.stat();
    const length = Math.min(size, BYTES);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    const lines = buffer.toString("utf8").split("\n");
    const whole = length < size ? lines.slice(1) : lines;
    return { path, text: whole.slice(-LINES - 1).join("\n") };
  } finally {
    await file.close();
  }
}
