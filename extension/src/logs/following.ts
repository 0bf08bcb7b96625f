// Whether a log that grows is followed, from what its reader does. Pure.

/** Follows while the end is in view; scrolling up is the wish to read on, scrolling to the end to follow again. */
export class Following {
  private last = -1;
  private lines = 0;
  private cut = false;

  constructor(public on = false) {}

  /** `last`: the last line in view, of `lines`. */
  scrolled(last: number, lines: number): void {
    const up = last < this.last && lines === this.lines;
    const atEnd = last >= lines - 1;
    this.last = last;
    this.lines = lines;
    if (atEnd) {
      this.on = true;
      this.cut = false;
    } else if (up && !this.cut) {
      this.on = false;
    }
  }

  /** Lines that are cut off at the top move all others up, which nobody asked for: it ends with the next reveal. */
  grew(lines: number): void {
    this.cut ||= this.on && lines < this.lines;
    this.lines = lines;
  }

  /** The reader put the cursor on a line: one that is not at the end is to be read. */
  placed(line: number, lines: number): void {
    this.on = line >= lines - 2;
  }
}
