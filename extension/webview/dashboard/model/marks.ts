// What stands in the lane over a plot.
import { bestOf } from "./best";
import { headValue } from "./format";
import { isSmoothed, type Line } from "./line";
import { display, type Range, type YRange } from "./range";
import { direction, isEvaluation } from "./tags";

export type MarkKind = "non-finite" | "best" | "resumed" | "stopped" | "clipped";

export interface Mark {
  kind: MarkKind;
  x: number;
  runId: string;
  /** Of the run; what is not finite is red whatever its run. */
  color: string | null;
  text?: string;
  hairline?: "solid" | "dotted";
}

export function marksOf(tag: string, lines: readonly Line[], x: Range, y: YRange, log: boolean): Mark[] {
  const marks = lines.flatMap((line) => [
    ...(y.above + y.below > 0 ? clippedOf(line, y, log) : []),
    ...line.series.resumed.map((step) => ({
      ...own(line, "resumed", xOf(line, step)),
      hairline: "dotted" as const,
    })),
    ...(line.stopped ? [own(line, "stopped", line.xs[line.xs.length - 1] as number)] : []),
    ...line.series.nonFinite.map((index) => ({
      kind: "non-finite" as const,
      x: line.xs[index] as number,
      runId: line.runId,
      color: null,
      hairline: "solid" as const,
    })),
  ]);
  return [...marks, ...bestMark(tag, lines)].filter((mark) => mark.x >= x.min && mark.x <= x.max);
}

/** Of marks of one kind and run that lie on each other, the first. `pixel` maps x to a canvas pixel. */
export function thin(marks: readonly Mark[], pixel: (x: number) => number, distance: number): Mark[] {
  const last = new Map<string, number>();
  return marks.filter((mark) => {
    const key = mark.kind === "non-finite" ? mark.kind : `${mark.kind} ${mark.runId}`;
    const at = pixel(mark.x);
    const keep = Math.abs(at - (last.get(key) ?? Number.NEGATIVE_INFINITY)) >= distance;
    if (keep) {
      last.set(key, at);
    }
    return keep;
  });
}

/** The one best evaluation of all drawn runs, once there is more than one to choose from. */
function bestMark(tag: string, lines: readonly Line[]): Mark[] {
  const side = isEvaluation(tag) ? direction(tag) : null;
  if (side === null) {
    return [];
  }
  const bests = lines
    .filter((line) => line.raw.length > 1 && !isSmoothed(line))
    .flatMap((line) => {
      const best = bestOf(line.series, side);
      return best ? [{ line, best }] : [];
    })
    .sort((a, b) => (side === "up" ? b.best.value - a.best.value : a.best.value - b.best.value));
  return bests.slice(0, 1).map(({ line, best }) => ({
    ...own(line, "best", line.xs[best.index] as number),
    text: headValue(best.value),
  }));
}

function clippedOf(line: Line, y: YRange, log: boolean): Mark[] {
  const marks: Mark[] = [];
  for (let i = 0; i < line.raw.length; i++) {
    const value = display(line.raw[i] as number, log);
    if (value > y.max) {
      marks.push(own(line, "clipped", line.xs[i] as number));
    }
  }
  return marks;
}

function own(line: Line, kind: MarkKind, x: number): Mark {
  return { kind, x, runId: line.runId, color: line.color };
}

function xOf(line: Line, step: number): number {
  const index = line.series.steps.view().indexOf(step);
  return line.xs[index] ?? Number.NaN;
}
