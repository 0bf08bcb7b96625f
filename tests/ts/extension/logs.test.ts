import { appendFile, mkdtemp, open, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { frames } from "../../../extension/src/logs/frames";
import { startOf, tail } from "../../../extension/src/logs/tail";
import { firstError } from "../../../extension/src/models/outcome";
import { aRank, ended } from "./samples";

async function logFile(text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "tunesmith-log-")), "rank-0.log");
  await writeFile(path, text);
  return path;
}

describe("the end of a log", () => {
  it("is all of a short one", async () => {
    expect(await tail(await logFile("one\ntwo"))).toEqual({ text: "one\ntwo", before: 0, after: 0 });
    expect(await tail(await logFile(""))).toEqual({ text: "", before: 0, after: 0 });
  });

  it("begins with a whole line and stays there while little is added", async () => {
    const path = await logFile("0123456\n".repeat(10));
    const first = await tail(path, { most: 40, stride: 16 });
    expect(first).toEqual({ text: "0123456\n".repeat(3), before: 56, after: 0 });
    await appendFile(path, "more\n");
    expect(await tail(path, { most: 40, stride: 16 })).toEqual({
      text: `${first.text}more\n`,
      before: 56,
      after: 0,
    });
  });

  it("follows a file that another program made shorter", async () => {
    const path = await logFile("x\n".repeat(1000));
    await truncate(path, 4);
    expect(await tail(path, { most: 100, stride: 10 })).toEqual({ text: "x\nx\n", before: 0, after: 0 });
  });

  it("reads no more than the end of a gigabyte", async () => {
    const path = await logFile("");
    const file = await open(path, "r+");
    await file.write("last words\n", 2 ** 30);
    await file.close();
    const memory = process.memoryUsage().rss;
    const { text, before } = await tail(path);
    expect(text.endsWith("last words\n")).toBe(true);
    expect(before + Buffer.byteLength(text)).toBe(2 ** 30 + 11);
    expect(process.memoryUsage().rss - memory).toBeLessThan(50 * 2 ** 20);
  });

  it("keeps the start that its reader saw, and says what is too much", async () => {
    const path = await logFile("0123456\n".repeat(10));
    const kept = { most: 40, stride: 16, from: 16, held: 60 };
    expect(await tail(path, kept)).toEqual({ text: "0123456\n".repeat(7), before: 16, after: 8 });
    await appendFile(path, "more\n");
    expect(await tail(path, kept)).toEqual({ text: "0123456\n".repeat(7), before: 16, after: 13 });
    expect(await tail(path, { ...kept, from: 1000 })).toMatchObject({ before: 56 });
  });

  it("moves on in strides", () => {
    expect([10, 100, 101, 116, 117].map((size) => startOf(size, 100, 16))).toEqual([0, 0, 16, 16, 32]);
  });
});

describe("the places in a traceback", () => {
  it("are files with lines, by their offsets", () => {
    const text = [
      "Traceback (most recent call last):",
      '  File "<frozen runpy>", line 198, in _run',
      '  File "/home/ann/my project/train.py", line 12, in main',
      '  File "relative.py", line 3, in f',
      "ValueError: bad",
    ].join("\n");
    const [frame, ...others] = frames(text);
    expect(others).toEqual([]);
    expect(frame).toMatchObject({ file: "/home/ann/my project/train.py", line: 12 });
    expect(text.slice(frame?.start, frame?.end)).toBe('File "/home/ann/my project/train.py", line 12');
  });
});

describe("the rank whose traceback tells why", () => {
  const missed = aRank(0, { alive: false, outcome: "failed", traceback: "/e/rank-0.json" });
  const first = aRank(1, { alive: false, outcome: "failed", traceback: "/e/rank-1.json" });

  it("is the one whose log the run names", () => {
    const run = ended({ cause: "failed", ranks: [missed, first], log: first.log });
    expect(firstError(run)).toBe(first);
  });

  it("is the first that left one, else none", () => {
    const killed = aRank(1, { alive: false, outcome: "gone" });
    expect(firstError(ended({ ranks: [missed, killed], log: killed.log }))).toBe(missed);
    expect(firstError(ended({ ranks: [killed] }))).toBeUndefined();
  });
});
