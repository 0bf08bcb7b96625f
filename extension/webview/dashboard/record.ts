// For tests and benchmarks: which step of which run stands on a canvas, and since when.
import type { Line } from "./model/line";

type Drawn = Record<string, Record<string, { step: number; at: number }>>;

declare global {
  // `at` is Date.now() just after the chart was drawn with that step for the first time.
  var __tunesmith: { drawn: Drawn };
}

globalThis.__tunesmith = { drawn: {} };

export function recordDrawn(tag: string, lines: readonly Line[]): void {
  const { drawn } = globalThis.__tunesmith;
  for (const { runId, series } of lines) {
    const step = series.steps.at(series.length - 1);
    drawn[runId] ??= {};
    const tags = drawn[runId];
    if (tags[tag]?.step !== step) {
      tags[tag] = { step, at: Date.now() };
    }
  }
}
