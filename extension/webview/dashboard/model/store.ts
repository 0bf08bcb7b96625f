// The scalars of the drawn runs: hydrated with history, then appended to.
import type { MetricsDelta, MetricsSnapshot } from "../../../src/protocol.gen";
import { TagSeries } from "./series";

export interface Touched {
  tags: Set<string>;
  /** A tag is new, or has got the second point that makes it a line. */
  shape: boolean;
}

export class MetricsStore {
  private readonly runs = new Map<string, Map<string, TagSeries>>();

  /** History replaces what stood there. */
  hydrate(snapshot: MetricsSnapshot): Touched {
    const before = this.runs.get(snapshot.runId);
    this.runs.delete(snapshot.runId);
    const { tags } = this.append(snapshot);
    for (const tag of before?.keys() ?? []) {
      tags.add(tag);
    }
    return { tags, shape: true };
  }

  append(delta: Pick<MetricsDelta, "runId" | "series">): Touched {
    const run = this.runs.get(delta.runId) ?? new Map<string, TagSeries>();
    this.runs.set(delta.runId, run);
    const touched: Touched = { tags: new Set(), shape: false };
    for (const series of delta.series) {
      const known = run.get(series.tag) ?? new TagSeries();
      run.set(series.tag, known);
      const before = known.length;
      known.append(series);
      touched.tags.add(series.tag);
      touched.shape ||= before < 2;
    }
    return touched;
  }

  forget(runId: string): void {
    this.runs.delete(runId);
  }

  has(runId: string): boolean {
    return this.runs.has(runId);
  }

  series(runId: string, tag: string): TagSeries | undefined {
    return this.runs.get(runId)?.get(tag);
  }

  /** Every tag of these runs, with the greatest number of points any of them has. */
  lengths(runIds: Iterable<string>): Map<string, number> {
    const lengths = new Map<string, number>();
    for (const runId of runIds) {
      for (const [tag, series] of this.runs.get(runId) ?? []) {
        lengths.set(tag, Math.max(lengths.get(tag) ?? 0, series.length));
      }
    }
    return lengths;
  }

  /** When the run last wrote anything, in seconds since the epoch; NaN when it has not. */
  lastTime(runId: string): number {
    let last = Number.NaN;
    for (const series of this.runs.get(runId)?.values() ?? []) {
      const time = series.times.at(series.length - 1);
      last = time > last || Number.isNaN(last) ? time : last;
    }
    return last;
  }
}
