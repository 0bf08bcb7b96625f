// Which ends of runs are told, and once. Pure but for the clock that is given.
import { isAlive, outcome } from "../../shared/run";
import type { Run } from "../protocol.gen";
import type { Memory } from "./choiceModel";
import type { RunsModel } from "./runs";

/** What may be told: all ends, those that went wrong, nothing. */
export const TELLING = ["all", "failures", "none"] as const;

export type Telling = (typeof TELLING)[number];

const KEY = "runs.alive";
/** Seconds in which somebody else may still say how a run ended that seems lost. */
export const DOUBT = 2;

/** Whether the end of this run is told at all: who stopped it knows, unless there is something to say about it. */
export function isTold(run: Run, telling: Telling): boolean {
  switch (outcome(run)) {
    case "failed":
    case "lost":
      return telling !== "none";
    case "finished":
      return telling === "all";
    case "stopped":
      return telling === "all" && run.message !== null;
    default:
      return false;
  }
}

export interface Announcements {
  /** A run ended while the window looked on. */
  ended(run: Run): void;
  /** Runs that lived when the window was closed have ended since. */
  missed(runs: Run[]): void;
}

/** Notices ends of runs that were seen alive, one for each attempt, and those of the time without a window. */
export class Ends {
  private readonly told = new Set<string>();
  private readonly listening: { dispose(): void };
  private kept: string[];

  constructor(
    private readonly runs: RunsModel,
    private readonly memory: Memory,
    private readonly announce: Announcements,
    private readonly later: (act: () => void, seconds: number) => void = (act, seconds) =>
      void setTimeout(act, seconds * 1000),
  ) {
    this.kept = memory.get<string[]>(KEY) ?? [];
    this.listening = runs.onChange(({ changes }) => {
      for (const { before, after } of changes) {
        if (before !== undefined && isAlive(before) && !isAlive(after)) {
          this.noticed(after);
        }
      }
    });
  }

  /** Once the first list has come: what the last window left alive and this one finds ended. */
  lookBack(): void {
    const left = this.kept;
    if (this.over(left).some((run) => outcome(run) === "lost")) {
      this.later(() => this.lookBackAt(left), DOUBT);
    } else {
      this.lookBackAt(left);
    }
    this.keep();
    this.runs.onChange(() => this.keep());
  }

  dispose(): void {
    this.listening.dispose();
  }

  private lookBackAt(left: string[]): void {
    const missed = this.over(left);
    if (missed.length > 0) {
      this.announce.missed(missed);
    }
  }

  /** Those that have ended, and of which nothing was told. */
  private over(ids: string[]): Run[] {
    return ids
      .map((id) => this.runs.get(id))
      .filter((run) => run !== undefined)
      .filter((run) => !isAlive(run) && !this.told.has(end(run)));
  }

  private noticed(run: Run): void {
    if (outcome(run) === "lost") {
      this.later(() => this.tell(this.runs.get(run.id)), DOUBT);
    } else {
      this.tell(run);
    }
  }

  private tell(run: Run | undefined): void {
    if (run !== undefined && !isAlive(run) && !this.told.has(end(run))) {
      this.told.add(end(run));
      this.announce.ended(run);
    }
  }

  private keep(): void {
    const alive = this.runs.alive().map(({ id }) => id);
    if (alive.join() !== this.kept.join()) {
      this.kept = alive;
      void this.memory.update(KEY, alive);
    }
  }
}

const end = ({ id, attempt }: Run): string => `${id}/${attempt}`;
