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
  // The pixel column under work, which holds the points from `first` to `last`; -1 when it holds none.
  let first = -1;
  let last = -1;
  let greatest = -1;
  let least = -1;

  const put = (i: number) => {
    out.push(
      p.left + ((xs[i] as number) - p.xMin) * scaleX,
      p.top + (p.yMax - display(ys[i] as number, log)) * scaleY,
    );
  };
  const flush = () => {
    if (first >= 0) {
      put(first);
      for (const i of greatest < least ? [greatest, least] : [least, greatest]) {
        if (i > first && i < last) {
          put(i);
        }
      }
      if (last > first) {
        put(last);
      }
    }
    first = -1;
    column = Number.NaN;
  };

  for (let i = from; i < to; i++) {
    const value = ys[i] as number;
    if (!(Math.abs(value) <= Number.MAX_VALUE) || (log && value <= 0)) {
      flush();
      if (out.length > 0 && !Number.isNaN(out[out.length - 1])) {
        out.push(Number.NaN, Number.NaN);
      }
      continue;
    }
    const here = Math.floor(p.left + ((xs[i] as number) - p.xMin) * scaleX);
    if (here !== column) {
      flush();
      column = here;
      first = greatest = least = i;
    } else if (value > (ys[greatest] as number)) {
      greatest = i;
    } else if (value < (ys[least] as number)) {
      least = i;
    }
    last = i;
  }
  flush();
  return out;
}
