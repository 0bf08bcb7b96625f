// Where a traceback points. Pure.

export interface Frame {
  /** Offsets into the text. */
  start: number;
  end: number;
  file: string;
  line: number;
}

const FRAME = /File "((?:\/|[A-Za-z]:\\)[^"\n]+)", line (\d+)/g;

/** Every `File "/x/train.py", line 12` in a log or a traceback; what is no file (`<frozen runpy>`) is left out. */
export function frames(text: string): Frame[] {
  return [...text.matchAll(FRAME)].map((found) => ({
    start: found.index,
    end: found.index + found[0].length,
    file: found[1] ?? "",
    line: Number(found[2]),
  }));
}
