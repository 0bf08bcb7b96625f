// Where the crosshair stands: always on a logged point of the chart that is pointed at.
import { count, duration } from "../../../shared/format";
import { nearest, neighbour } from "../model/reading";
import * as state from "../state";

export function pointAt(tag: string, x: number): void {
  const anchor = nearest(state.linesOf(tag), x);
  const before = state.crosshair.value;
  if (anchor && (before?.tag !== tag || before.anchor.x !== anchor.x)) {
    state.crosshair.value = { anchor, tag };
  }
}

export function clear(tag: string): void {
  if (state.crosshair.value?.tag === tag) {
    state.crosshair.value = null;
  }
}

/** Moves the crosshair of a chart by logged points. */
export function moveCrosshair(tag: string, side: 1 | -1, times: number): void {
  const lines = state.linesOf(tag);
  // Without a crosshair the keys start at the end of the lines, where a live run is.
  let anchor = state.crosshair.value?.anchor ?? null;
  if (!anchor) {
    anchor = neighbour(lines, Number.POSITIVE_INFINITY, -1);
  } else {
    for (let i = 0; i < times && anchor; i++) {
      anchor = neighbour(lines, anchor.x, side);
    }
  }
  state.crosshair.value = anchor && { anchor, tag };
}

/** What the x axis says at x: "612", "2.45", "6 min 11 s". */
export function placeText(x: number): string {
  switch (state.xAxis.value) {
    case "step":
      return count(x);
    case "epoch":
      return x.toFixed(2);
    case "elapsed":
      return duration(x);
  }
}
