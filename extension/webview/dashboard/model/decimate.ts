// From points to pixels: of all points in one column of pixels the first, the least, the greatest and the last stay.
import { display } from "./range";

/** Maps x values and display values of y to canvas pixels. */
export interface Projection {
  xMin: number;
  xMax: number;
  yMin: number;
  yMax: number;
  left: number;
  top: number;
  width: number;
  height: number;
}

export function projectX(p: Projection, x: number): number {
  return p.left + ((x - p.xMin) / (p.xMax - p.xMin)) * p.width;
}

export function projectY(p: Projection, y: number): number {
  return p.top + ((p.yMax - y) / (p.yMax - p.yMin)) * p.height;
}

/** x and y of each point of a line, in turn; a pair of NaN where the line breaks. */
export type Trace = number[];

export function trace(
  xs: Float64Array,
  ys: Float64Array,
  from: number,
  to: number,
  log: boolean,
  p: Projection,
): Trace {
  const out: Trace = [];
  const scaleX = p.width / (p.xMax - p.xMin);
  const scaleY = p.height / (p.yMax - p.yMin);
  let column = Number.NaN;
  // The pixel column under work: its first, least, greatest and last point, each as index, x and y.
  const first = { i: -1, x: 0, y: 0 };
  const high = { i: -1, x: 0, y: 0 };
  const low = { i: -1, x: 0, y: 0 };
  const last = { i: -1, x: 0, y: 0 };

  const flush = () => {
    if (first.i < 0) {
      return;
    }
    out.push(first.x, first.y);
    const [one, two] = high.i < low.i ? [high, low] : [low, high];
    if (one.i > first.i && one.i < last.i) {
      out.push(one.x, one.y);
    }
    if (two.i > first.i && two.i < last.i && two.i !== one.i) {
      out.push(two.x, two.y);
    }
    if (last.i > first.i) {
      out.push(last.x, last.y);
    }
    first.i = -1;
  };

  for (let i = from; i < to; i++) {
    const value = display(ys[i] as number, log);
    if (Number.isNaN(value)) {
      flush();
      column = Number.NaN;
      if (out.length > 0 && !Number.isNaN(out[out.length - 1])) {
        out.push(Number.NaN, Number.NaN);
      }
      continue;
    }
    const x = p.left + ((xs[i] as number) - p.xMin) * scaleX;
    const y = p.top + (p.yMax - value) * scaleY;
    if (Math.floor(x) !== column) {
      flush();
      column = Math.floor(x);
      set(first, i, x, y);
      set(high, i, x, y);
      set(low, i, x, y);
    } else if (y < high.y) {
      set(high, i, x, y);
    } else if (y > low.y) {
      set(low, i, x, y);
    }
    set(last, i, x, y);
  }
  flush();
  return out;
}

function set(point: { i: number; x: number; y: number }, i: number, x: number, y: number): void {
  point.i = i;
  point.x = x;
  point.y = y;
}
