const FIRST_DELAY_MS = 250;
const CRASHES = 5;
const WINDOW_MS = 120_000;

/** How long to wait before the next restart: doubling, until too many crashes came in a short time. */
export class BackOff {
  private crashes: number[] = [];

  /** Milliseconds to wait after a crash at `now`; undefined: give up until somebody asks. */
  next(now: number): number | undefined {
    this.crashes = [...this.crashes.filter((time) => now - time < WINDOW_MS), now];
    return this.crashes.length > CRASHES ? undefined : FIRST_DELAY_MS * 2 ** (this.crashes.length - 1);
  }

  reset(): void {
    this.crashes = [];
  }
}
