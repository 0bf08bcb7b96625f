// Whether a log that grows is followed, from what its reader does. Pure.

/** As in a terminal: scrolling up is the wish to read on, scrolling down to the end the wish to follow again. */
export class Following {
  private first = 0;
  private lines = 0;
  private cut = false;

  constructor(public on = false) {}

  /** `first` and `last`: the lines in view, of `lines`. An end that was in view all along tells nothing. */
  scrolled(first: number, last: number, lines: number): void {
    const before = this.first;
    this.first = first;
    if (first < before && !this.cut) {
      this.on = false;
    } else if (first > before && last >= lines - 1) {
      this.on = true;
      this.cut = false;
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
