import type { MetricsDelta, MetricsSnapshot, Series } from "../protocol.gen";

/** The snapshot with what was written after it. */
export function extended(snapshot: MetricsSnapshot, deltas: MetricsDelta[]): MetricsSnapshot {
  const byTag = new Map(snapshot.series.map((series) => [series.tag, series]));
  let totalPoints = snapshot.totalPoints;
  for (const more of deltas.flatMap((delta) => delta.series)) {
    const series = byTag.get(more.tag);
    byTag.set(more.tag, series === undefined ? more : joined(series, more));
    totalPoints += more.steps.length;
  }
  const warnings = [...snapshot.warnings, ...deltas.flatMap((delta) => delta.warnings)];
  return { ...snapshot, series: [...byTag.values()], totalPoints, warnings };
}

function joined(series: Series, more: Series): Series {
  const offset = series.values.length;
  return {
    tag: series.tag,
    steps: [...series.steps, ...more.steps],
    values: [...series.values, ...more.values],
    wallTimes: [...series.wallTimes, ...more.wallTimes],
    nonFinite: [
      ...series.nonFinite,
      ...more.nonFinite.map(({ index, value }) => ({ index: index + offset, value })),
    ],
  };
}
