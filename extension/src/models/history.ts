import type { MetricsDelta, MetricsSnapshot, Series } from "../protocol.gen";

const BYTES = 8;

/** The snapshot with what was written after it: the later columns of a tag follow the earlier ones. */
export function extended(snapshot: MetricsSnapshot, deltas: MetricsDelta[]): MetricsSnapshot {
  const later = deltas.flatMap((delta) => delta.series);
  return {
    ...snapshot,
    series: [...snapshot.series, ...later],
    totalPoints: later.reduce((total, series) => total + points(series), snapshot.totalPoints),
    warnings: [...snapshot.warnings, ...deltas.flatMap((delta) => delta.warnings)],
  };
}

/** Base64 has four letters for three bytes; its padding is less than one number. */
function points({ steps }: Series): number {
  return Math.floor((steps.length * 3) / 4 / BYTES);
}
