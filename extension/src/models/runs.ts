import { isAlive } from "../../shared/run";
import { Emitter } from "../emitter";
import type { Run, RunsChanged } from "../protocol.gen";

export interface RunChange {
  before: Run | undefined;
  after: Run;
}

export interface RunsEvent {
  changes: RunChange[];
  removed: string[];
}

/** All known runs by id, as the daemon last described them. */
export class RunsModel {
  private readonly byId = new Map<string, Run>();
  private readonly changed = new Emitter<RunsEvent>();
  readonly onChange = this.changed.on;

  /** Newest first. */
  all(): Run[] {
    return [...this.byId.values()].sort((a, b) => b.created - a.created);
  }

  get(id: string): Run | undefined {
    return this.byId.get(id);
  }

  alive(): Run[] {
    return this.all().filter(isAlive);
  }

  running(): Run[] {
    return this.all().filter((run) => run.state === "running");
  }

  /** The living run that matters most: the running one that was started last, else the queued one. */
  live(): Run | undefined {
    return this.running()[0] ?? this.alive()[0];
  }

  /** The daemon's whole list. What it says of the `newer` runs is out of date: they changed while it was made. */
  replace(runs: Run[], newer: ReadonlySet<string> = new Set()): void {
    const listed = new Set(runs.map((run) => run.id));
    this.apply({
      runs: runs.filter((run) => !newer.has(run.id)),
      removed: [...this.byId.keys()].filter((id) => !listed.has(id) && !newer.has(id)),
    });
  }

  /** A run that a request returned; what a notification said of it meanwhile is newer. */
  adopt(run: Run): void {
    if (!this.byId.has(run.id)) {
      this.apply({ runs: [run], removed: [] });
    }
  }

  apply({ runs, removed }: RunsChanged): void {
    const changes = runs.map((after) => ({ before: this.byId.get(after.id), after }));
    for (const run of runs) {
      this.byId.set(run.id, run);
    }
    for (const id of removed) {
      this.byId.delete(id);
    }
    this.changed.fire({ changes, removed });
  }
}
