// What the page knows. Signals hold what people see change; the scalars themselves lie in `store`.
import { computed, signal } from "@preact/signals";
import { runTag } from "../../shared/format";
import { defaultView, type ViewSettings } from "../../shared/messages";
import { isAlive, outcome } from "../../shared/run";
import type { Run } from "../../src/protocol.gen";
import { groupTags } from "./model/groups";
import { type Line, lineOf, type RunStyle } from "./model/line";
import { seriesColor } from "./model/palette";
import { type Range, xRange } from "./model/range";
import type { Anchor } from "./model/reading";
import { sortRuns } from "./model/runs";
import { MetricsStore } from "./model/store";
import { isExact, scoreTag, tagOf } from "./model/tags";
import { availableAxes, axisOf } from "./model/xaxis";
import { readTheme, type Theme } from "./theme";

export interface Notice {
  text: string;
  /** The run it is about; null for the whole page. */
  runId: string | null;
  /** Null for what cannot be tried again: a warning. */
  retry: (() => void) | null;
}

export interface Crosshair {
  anchor: Anchor;
  /** The chart that is hovered or has the focus. */
  tag: string;
}

export const store = new MetricsStore();
export const runs = signal<ReadonlyMap<string, Run>>(new Map());
export const drawn = signal<readonly string[]>([]);
export const focused = signal<string | null>(null);
export const view = signal<ViewSettings>(defaultView);
// On its own, so that a change of another setting is no change of colours.
const keptColors = computed(() => view.value.colors);
/** Run id → index of its colour. */
export const colors = computed(() => new Map(Object.entries(keptColors.value)));
export const connection = signal<{ connected: boolean; message?: string }>({ connected: true });
export const page = signal<{ kind: "loading" } | { kind: "ready" } | { kind: "failed"; message: string }>({
  kind: "loading",
});
/** Requests under way that people wait for. */
export const pending = signal(0);
export const notices = signal<readonly Notice[]>([]);
export const filter = signal("");
export const zoom = signal<Range | null>(null);
export const crosshair = signal<Crosshair | null>(null);
/** The chart that keys act on. */
export const active = signal<string | null>(null);
export const theme = signal<Theme>(readTheme());
export const width = signal(0);
/** Seconds since the epoch, by the page's clock. */
export const now = signal(Date.now() / 1000);
export const second = computed(() => Math.floor(now.value));
/** Goes up once a frame in which points came. */
export const revision = signal(0);
/** Goes up when there is a new tag, or a tag becomes a line. */
export const shape = signal(0);
/** Goes up about once a second while points come: for what need not follow every frame. */
export const unhurried = signal(0);
/** When the page last got points of a run, by the page's clock. */
export const heard = new Map<string, number>();

export const narrow = computed(() => width.value > 0 && width.value < 600);
/** The toolbar has no room for what is seldom used. */
export const compact = computed(() => width.value > 0 && width.value < 760);
export const sortedRuns = computed(() => sortRuns(runs.value.values()));
/** The drawn runs that are known, by colour. */
export const drawnRuns = computed(() =>
  drawn.value
    .flatMap((id) => runs.value.get(id) ?? [])
    .sort((a, b) => (colors.value.get(a.id) ?? 0) - (colors.value.get(b.id) ?? 0)),
);

/** The run that the toolbar speaks of: the focused one, unless only another is alive. */
export const watched = computed<Run | null>(() => {
  const own = drawnRuns.value.find((run) => run.id === focused.value);
  const alive = sortRuns(drawnRuns.value).find(isAlive);
  return own && (isAlive(own) || !alive) ? own : (alive ?? sortRuns(drawnRuns.value)[0] ?? null);
});

export const lengths = computed(() => {
  shape.value;
  return store.lengths(drawn.value);
});
/** The evaluation that the table compares the runs by. */
export const score = computed(() =>
  scoreTag([
    ...lengths.value.keys(),
    ...[...runs.value.values()].flatMap((run) => Object.keys(run.metrics).map(tagOf)),
  ]),
);
export const groups = computed(() => groupTags(lengths.value, view.value.pinned, filter.value));
export const axes = computed(() => {
  shape.value;
  return availableAxes(store, drawn.value);
});
export const xAxis = computed(() => (axes.value.includes(view.value.xAxis) ? view.value.xAxis : "step"));

/** What all x axes span when nothing is zoomed. */
export const fullRange = computed<Range>(() => {
  revision.value;
  const columns = drawnRuns.value.flatMap((run) => {
    const axis = axisOf(xAxis.value, store, run);
    return [...lengths.value.keys()].flatMap((tag) => store.series(run.id, tag)?.xs(axis) ?? []);
  });
  return xRange(columns);
});

export const styles = computed<RunStyle[]>(() =>
  drawnRuns.value.map((run) => {
    const { color, dashed } = runColor(run.id);
    return {
      runId: run.id,
      label: runTag(run),
      color,
      textColor: theme.value.textColor(color),
      dashed,
      focused: run.id === focused.value,
      live: isAlive(run),
      stopped: outcome(run) === "stopped",
    };
  }),
);

export function runColor(runId: string): { color: string; dashed: boolean } {
  return seriesColor(colors.value.get(runId) ?? 0, theme.value.dark);
}

/** The lines of one chart, as the data stands now. */
export function linesOf(tag: string): Line[] {
  const smoothing = isExact(tag) ? 0 : view.value.smoothing;
  return styles.value.flatMap((style) => {
    const series = store.series(style.runId, tag);
    const run = runs.value.get(style.runId);
    return series && run && series.length > 0
      ? [lineOf(style, series, axisOf(xAxis.value, store, run), smoothing)]
      : [];
  });
}

export function isPinned(tag: string): boolean {
  return view.value.pinned.includes(tag);
}

export function isLog(tag: string): boolean {
  return view.value.logScale.includes(tag);
}

export function isCollapsed(name: string): boolean {
  return view.value.collapsed.includes(name);
}
