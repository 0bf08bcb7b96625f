// The scalars of the drawn runs: hydrated with history, then appended to.
import type { MetricsDelta, MetricsSnapshot } from "../../../src/protocol.gen";
import { TagSeries } from "./series";

export class MetricsStore {
  private readonly runs = new Map<string, Map<string, TagSeries>>();

  /** History replaces what stood there. */
  hydrate(snapshot: MetricsSnapshot): void {
    this.runs.delete(snapshot.runId);
    this.append(snapshot);
  }

  /** True when a tag is new, or has got the second point that makes it a line. */
  append(delta: Pick<MetricsDelta, "runId" | "series">): boolean {
    const run = this.runs.get(delta.runId) ?? new Map<string, TagSeries>();
    this.runs.set(delta.runId, run);
    let shape = false;
    for (const series of delta.series) {
      const known = run.get(series.tag) ?? new TagSeries();
      run.set(series.tag, known);
      shape ||= known.length < 2;
      known.append(series);
    }
    return shape;
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
