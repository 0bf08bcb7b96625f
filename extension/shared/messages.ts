// The one message map of the dashboard webview, for both of its ends.
import type { MetricsDelta, MetricsSnapshot, Run } from "../src/protocol.gen";

/** Requests that the webview sends and the host answers: name → [parameters, result]. */
export interface HostRequests {
  /** The page has loaded and shows nothing yet. */
  ready: [params: Record<string, never>, result: DashboardState];
  stop: [params: { runId: string; force: boolean }, result: Record<string, never>];
  /** Train the recipe of the active editor, as the command does; offered when there is no run yet. */
  train: [params: Record<string, never>, result: Record<string, never>];
  openLog: [params: { runId: string }, result: Record<string, never>];
  openRecipe: [params: { runId: string }, result: Record<string, never>];
  /** Draw these runs; the reply holds the history of those that were not drawn before. */
  draw: [params: { runIds: string[] }, result: { snapshots: MetricsSnapshot[] }];
  saveView: [params: { view: ViewSettings }, result: Record<string, never>];
}

/** Events that the host sends and nobody answers. */
export interface WebviewEvents {
  runs: { runs: Run[]; removed: string[] };
  append: { delta: MetricsDelta };
  /** History to replace what is drawn of that run. */
  hydrate: { snapshot: MetricsSnapshot };
  /** Draw this run too, and focus it. */
  focus: { runId: string };
  /** The daemon went away or came back. */
  connection: { connected: boolean; message?: string };
}

/** Everything the page needs to draw itself. */
export interface DashboardState {
  runs: Run[];
  drawn: string[];
  focused: string | null;
  snapshots: MetricsSnapshot[];
  view: ViewSettings;
}

export interface ViewSettings {
  smoothing: number;
  xAxis: "step" | "epoch" | "elapsed";
  /** Few far values do not set the range of an axis; they are counted and marked. */
  clipOutliers: boolean;
  logScale: string[];
  pinned: string[];
  collapsed: string[];
  /** Run id → index of its colour. */
  colors: Record<string, number>;
}

export const defaultView: ViewSettings = {
  smoothing: 0.6,
  xAxis: "step",
  clipOutliers: true,
  logScale: [],
  pinned: ["train/loss", "eval/f1"],
  collapsed: ["resources"],
  colors: {},
};
