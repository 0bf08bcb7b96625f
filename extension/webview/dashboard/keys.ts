// THE table of keys. They act on the chart that is hovered or has the focus, or on the whole page.
import { changeView, toggleDrawn, toggleIn } from "./actions";
import { moveCrosshair } from "./chart/crosshair";
import { setAxis } from "./parts/Toolbar";
import { active, axes, crosshair, filter, focused, fullRange, groups, view, xAxis, zoom } from "./state";

type Action = (event: KeyboardEvent) => void;

const KEYS: Record<string, Action> = {
  "/": () => document.getElementById("search")?.focus(),
  ArrowLeft: ({ shiftKey }) => moveCrosshair(chart(), -1, shiftKey ? 10 : 1),
  ArrowRight: ({ shiftKey }) => moveCrosshair(chart(), 1, shiftKey ? 10 : 1),
  "+": () => magnify(0.5),
  "=": () => magnify(0.5),
  "-": () => magnify(2),
  "0": () => {
    zoom.value = null;
  },
  s: toggleSmoothing,
  l: () => toggleIn("logScale", chart()),
  p: () => toggleIn("pinned", chart()),
  x: () => {
    const next = (axes.value.indexOf(xAxis.value) + 1) % axes.value.length;
    setAxis(axes.value[next] ?? "step");
  },
  " ": () => {
    if (focused.value) {
      toggleDrawn(focused.value);
    }
  },
  Escape: () => {
    crosshair.value = null;
    filter.value = "";
    (document.activeElement as HTMLElement | null)?.blur();
  },
};

export function onKey(event: KeyboardEvent): void {
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const action = KEYS[name];
  if (!action || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const target = event.target as HTMLElement;
  const typing = target.matches("input, select, textarea");
  const pressing = target.matches("button") && (name === " " || name === "Enter");
  if ((typing && name !== "Escape") || pressing) {
    return;
  }
  event.preventDefault();
  action(event);
}

/** The chart that keys act on: the last one hovered or focused, else the first. */
function chart(): string {
  const tags = groups.value.flatMap((group) => group.charts);
  return active.value && tags.includes(active.value) ? active.value : (tags[0] ?? "");
}

let usual = 0.6;

function toggleSmoothing(): void {
  const { smoothing } = view.value;
  if (smoothing > 0) {
    usual = smoothing;
  }
  changeView({ smoothing: smoothing > 0 ? 0 : usual });
}

/** Zooms around the crosshair, or around the end of the lines. */
function magnify(factor: number): void {
  const full = fullRange.value;
  const { min, max } = zoom.value ?? full;
  const middle = crosshair.value?.anchor.x ?? max;
  const low = Math.max(full.min, middle - (middle - min) * factor);
  const high = Math.min(full.max, middle + (max - middle) * factor);
  zoom.value = low <= full.min && high >= full.max ? null : { min: low, max: high };
}
