// A chart ready to be painted: traces, dots, marks and labels in canvas pixels. Pure; `paint` only follows it.

import { type Projection, projectX, type Trace, trace } from "./decimate";
import { pushApart } from "./labels";
import { isSmoothed, type Line } from "./line";
import { type Mark, marksOf, thin } from "./marks";
import { type Range, visible, type YRange } from "./range";
import { isEvaluation } from "./tags";

export interface SceneLine {
  color: string;
  dashed: boolean;
  focused: boolean;
  /** Thin and pale under the smoothed line; null when nothing is smoothed. */
  raw: Trace | null;
  main: Trace;
  /** Evaluations, and single points that no line would show. */
  dots: Trace;
  head: Head | null;
}

/** Where a line ends. */
interface Head {
  x: number;
  y: number;
  live: boolean;
  /** The line goes on beyond the plot: it has a label at the edge, and no dot. */
  outside: boolean;
}

export interface SceneMark extends Mark {
  pixel: number;
}

export interface SceneLabel {
  text: string;
  color: string;
  x: number;
  y: number;
}

export interface Scene {
  lines: SceneLine[];
  marks: SceneMark[];
  labels: SceneLabel[];
}

export interface SceneInput {
  tag: string;
  lines: readonly Line[];
  x: Range;
  y: YRange;
  log: boolean;
  projection: Projection;
  /** Device pixels in one CSS pixel. */
  ratio: number;
  measure: (text: string) => number;
}

const LABEL_GAP = 12;
const LABEL_OFFSET = 7;
const MARK_DISTANCE = 9;

export function sceneOf(input: SceneInput): Scene {
  const { tag, x, y, log, projection, ratio } = input;
  const pixel = (value: number) => projectX(projection, value);
  // The focused run is painted last, over the others.
  const lines = [...input.lines].sort((a, b) => Number(a.focused) - Number(b.focused));
  const drawn = lines.map((line) => sceneLine(line, input));
  const marks = marksOf(tag, lines, x, y, log);
  return {
    lines: drawn,
    marks: thin(marks, pixel, MARK_DISTANCE * ratio).map((mark) => ({ ...mark, pixel: pixel(mark.x) })),
    labels: labelsOf(lines, drawn, input),
  };
}

function sceneLine(line: Line, { tag, x, log, projection }: SceneInput): SceneLine {
  const { from, to } = visible(line.xs, x);
  const main = trace(line.xs, line.smoothed, from, to, log, projection);
  const raw = isSmoothed(line) ? trace(line.xs, line.raw, from, to, log, projection) : null;
  return {
    color: line.color,
    dashed: line.dashed,
    focused: line.focused,
    raw,
    main,
    dots: isEvaluation(tag) ? main : lonely(main),
    head: headOf(line, main, projection),
  };
}

/** Points with a break, or nothing, on both sides. */
function lonely(points: Trace): Trace {
  const dots: Trace = [];
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i] as number;
    const alone = Number.isNaN(points[i - 2] ?? Number.NaN) && Number.isNaN(points[i + 2] ?? Number.NaN);
    if (!Number.isNaN(x) && alone) {
      dots.push(x, points[i + 1] as number);
    }
  }
  return dots;
}

/** Where a line ends, or where it leaves the plot at the right. */
function headOf(line: Line, points: Trace, p: Projection): Head | null {
  const right = p.left + p.width;
  let end = points.length - 2;
  while (end >= 0 && (Number.isNaN(points[end]) || (points[end] as number) > right + 1)) {
    end -= 2;
  }
  if (end < 0 || (points[end] as number) < p.left - 1) {
    return null;
  }
  const [x, y, nextX, nextY] = points.slice(end, end + 4) as [number, number, number?, number?];
  const leaves = nextX !== undefined && nextY !== undefined && nextX > right;
  const at = leaves
    ? { x: right, y: y + ((nextY - y) * (right - x)) / (nextX - x), live: false }
    : { x, y, live: line.live };
  return { ...at, outside: leaves || at.y < p.top - 1 || at.y > p.top + p.height + 1 };
}

function labelsOf(lines: readonly Line[], drawn: readonly SceneLine[], input: SceneInput): SceneLabel[] {
  const { ratio, projection, measure } = input;
  const labels = lines.flatMap((line, i) => {
    const head = drawn[i]?.head;
    if (!head) {
      return [];
    }
    const left = head.x + LABEL_OFFSET * ratio;
    const right = left + measure(line.label);
    return [{ text: line.label, color: line.textColor, y: head.y, left, right }];
  });
  const ys = pushApart(
    labels,
    LABEL_GAP * ratio,
    projection.top + 4 * ratio,
    projection.top + projection.height - 2 * ratio,
  );
  return labels.map(({ text, color, left }, i) => ({ text, color, x: left, y: ys[i] as number }));
}
