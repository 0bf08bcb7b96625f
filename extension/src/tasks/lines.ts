// What a task prints in its terminal. Pure.
import type { Problem, Run } from "../protocol.gen";

/** As `tunesmith run` ends: 0 finished, 1 refused, 2 could not start, 3 stopped, 4 failed. */
export const CODES = { finished: 0, refused: 1, unusable: 2, stopped: 3, failed: 4 } as const;

export function codeOf({ cause }: Pick<Run, "cause">): number {
  switch (cause) {
    case "finished":
      return CODES.finished;
    case "stopped":
    case "killed":
      return CODES.stopped;
    default:
      return CODES.failed;
  }
}

/** As `tunesmith check` prints it; the problem matcher of package.json reads it. */
export function problemLine(file: string, { line, column, severity, code, message }: Problem): string {
  return `${file}:${line}:${column}: ${severity} ${code}: ${message.replaceAll(/\s+/g, " ")}`;
}

/** A terminal wants the cursor back at the margin. */
export function terminalText(text: string): string {
  return `${text.replaceAll(/\r?\n/g, "\r\n")}\r\n`;
}

/** Lets a line through when its first word changed, else every `pause` milliseconds: steps are many. */
export class Pacing {
  private said: { key: string; text: string; at: number } | undefined;

  constructor(
    private readonly pause: number,
    private readonly now: () => number = Date.now,
  ) {}

  lets(key: string, text: string): boolean {
    const { said } = this;
    const due = said === undefined || said.key !== key || this.now() - said.at >= this.pause;
    if (!due || said?.text === text) {
      return false;
    }
    this.said = { key, text, at: this.now() };
    return true;
  }
}
