// Brings a chart's canvas to life: draws it when something changed, while it is seen, and follows the pointer.
import { effect } from "@preact/signals";
import { forget, invalidate } from "../frames";
import { recordDrawn } from "../record";
import * as state from "../state";
import { clear, placeText, pointAt } from "./crosshair";
import { Plot, type Pointer, type PointerKind } from "./plot";
import { forgetSight, setSight } from "./sights";

export interface Mounted {
  plot: Plot;
  dispose: () => void;
}

export function mount(tag: string, host: HTMLElement): Mounted {
  let seen = false;
  let dragFrom: number | null = null;
  let dragTo: number | null = null;

  const plot = new Plot(host, (kind: PointerKind, { x, event }: Pointer) => {
    if (kind === "double") {
      state.zoom.value = null;
    } else if (kind === "down" && event.button === 0) {
      (event.target as HTMLElement).setPointerCapture(event.pointerId);
      dragFrom = x;
    } else if (kind === "up") {
      zoomTo(plot, dragFrom, dragTo);
      dragFrom = dragTo = null;
    } else if (kind === "move") {
      dragTo = dragFrom === null ? null : x;
      pointAt(tag, x);
    } else if (kind === "cancel") {
      dragFrom = dragTo = null;
    } else if (kind === "leave") {
      clear(tag);
    }
    invalidate(over);
  });

  const canvas = {
    draw() {
      if (!seen) {
        return;
      }
      const lines = state.linesOf(tag);
      const drawn = plot.draw({
        tag,
        lines: state.isPinned(tag) ? lines : lines.map((line) => ({ ...line, stopped: false })),
        x: state.zoom.value ?? state.fullRange.value,
        kind: state.xAxis.value,
        log: state.isLog(tag),
        clip: state.view.value.clipOutliers,
        theme: state.theme.value,
      });
      if (drawn) {
        recordDrawn(tag, lines);
        setSight(tag, plot.range, plot.scene);
        over.draw();
      }
    },
  };
  const over = {
    draw() {
      const { value } = state.crosshair;
      plot.drawOverlay({
        crosshair: value && { x: value.anchor.x, text: placeText(value.anchor.x) },
        selected:
          dragFrom === null || dragTo === null
            ? null
            : { min: Math.min(dragFrom, dragTo), max: Math.max(dragFrom, dragTo) },
      });
    },
  };

  const stopWatching = [
    effect(() => {
      state.revision.value;
      state.shape.value;
      state.styles.value;
      state.view.value;
      state.zoom.value;
      state.theme.value;
      invalidate(canvas);
    }),
    effect(() => {
      state.crosshair.value;
      invalidate(over);
    }),
  ];
  const size = new ResizeObserver(() => invalidate(canvas));
  size.observe(host);
  const sight = new IntersectionObserver(
    (entries) => {
      seen = entries.some((entry) => entry.isIntersecting);
      if (seen) {
        invalidate(canvas);
      }
    },
    { rootMargin: "100px" },
  );
  sight.observe(host);

  return {
    plot,
    dispose() {
      for (const stop of stopWatching) {
        stop();
      }
      size.disconnect();
      sight.disconnect();
      forget(canvas);
      forget(over);
      plot.destroy();
      forgetSight(tag);
    },
  };
}

const MIN_DRAG = 5;

function zoomTo(plot: Plot, from: number | null, to: number | null): void {
  if (from !== null && to !== null && Math.abs(plot.pixelOf(from) - plot.pixelOf(to)) >= MIN_DRAG) {
    const full = state.zoom.value ?? state.fullRange.value;
    state.zoom.value = {
      min: Math.max(full.min, Math.min(from, to)),
      max: Math.min(full.max, Math.max(from, to)),
    };
  }
}
