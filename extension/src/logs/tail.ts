// The end of a file that others write: nobody opens a gigabyte to see how a run does.
import { type FileHandle, open } from "node:fs/promises";

/** Bytes that are shown at most, and how far the start moves on when there are more: not with every line. */
export const MOST = 512 * 1024;
const STRIDE = 256 * 1024;
/** Bytes that a text grows to whose start has to stay. */
const HELD = 4 * 1024 * 1024;

export interface Tail {
  text: string;
  /** Bytes before the text that are not shown. */
  before: number;
  /** Bytes after it: of a text whose start stays, when it became too long. */
  after: number;
}

export interface Window {
  most?: number;
  stride?: number;
  /** Where the text began when it was read before: it begins there again. */
  from?: number | undefined;
  held?: number;
}

/** The last whole lines of a file. Rejects when it cannot be read. */
export async function tail(
  path: string,
  { most = MOST, stride = STRIDE, ...kept }: Window = {},
): Promise<Tail> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const { from, held = HELD } = kept;
    if (from !== undefined && from <= size) {
      const data = await read(file, from, Math.min(size - from, held));
      const end = from + data.length < size ? data.lastIndexOf(0x0a) + 1 || data.length : data.length;
      return { text: data.subarray(0, end).toString("utf8"), before: from, after: size - from - end };
    }
    const start = startOf(size, most, stride);
    const data = await read(file, start, size - start);
    const cut = start === 0 ? 0 : firstWholeLine(data);
    return { text: data.subarray(cut).toString("utf8"), before: start + cut, after: 0 };
  } finally {
    await file.close();
  }
}

/** Where to begin so that at most `most` bytes follow; it stays there until a stride more was written. */
export function startOf(size: number, most: number, stride: number): number {
  return size <= most ? 0 : Math.ceil((size - most) / stride) * stride;
}

/** 0 when there is none: a line that is longer than all that is read. */
function firstWholeLine(data: Buffer): number {
  const next = data.indexOf(0x0a) + 1;
  return next === data.length ? 0 : next;
}

/** A file that another program makes shorter meanwhile gives less than was asked for. */
async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
