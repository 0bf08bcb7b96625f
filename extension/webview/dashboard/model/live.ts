// What the toolbar says about the run that is watched: is what you see the present?
import * as l10n from "@vscode/l10n";
import { isAlive } from "../../../shared/run";
import type { Run } from "../../../src/protocol.gen";
import { age } from "./format";
import { stateText } from "./runs";

export type Liveness = "live" | "waiting" | "stale" | "ended" | "disconnected";

export interface LiveState {
  kind: Liveness;
  word: string;
  detail: string;
}

/** Phases in which a run makes no step, however short ago its last one was. */
const AT_REST = ["paused", "restarting"];
const PATIENCE_SECONDS = 15;
const PATIENCE_INTERVALS = 4;

/** `lastData`: when the page last got data of the run, NaN when never. `interval`: usual seconds between two steps. */
export function liveState(
  run: Run,
  connected: boolean,
  lastData: number,
  interval: number,
  now: number,
): LiveState {
  if (!connected) {
    return { kind: "disconnected", word: l10n.t("Not connected"), detail: "" };
  }
  if (!isAlive(run)) {
    return { kind: "ended", word: stateText(run), detail: "" };
  }
  const silence = Math.max(0, now - lastData);
  if (Number.isNaN(lastData)) {
    return { kind: "waiting", word: stateText(run), detail: l10n.t("no step yet") };
  }
  if (AT_REST.includes(run.phase ?? "")) {
    return { kind: "waiting", word: stateText(run), detail: l10n.t("no data for {0}", age(silence)) };
  }
  const patience = Math.max(
    PATIENCE_SECONDS,
    PATIENCE_INTERVALS * (Number.isFinite(interval) ? interval : 0),
  );
  if (silence <= patience) {
    return { kind: "live", word: l10n.t("Live"), detail: l10n.t("{0} ago", age(silence)) };
  }
  // Long work that writes no metrics is not trouble.
  if (run.phase !== null && run.phase !== "training") {
    return { kind: "waiting", word: stateText(run), detail: l10n.t("no data for {0}", age(silence)) };
  }
  return { kind: "stale", word: l10n.t("No data for {0}", age(silence)), detail: "" };
}

/** The usual seconds between two points, from the last few. */
export function usualInterval(times: Float64Array): number {
  const last = times.subarray(-9);
  const gaps = Array.from(last.subarray(1), (time, i) => time - (last[i] as number)).sort((a, b) => a - b);
  return gaps[gaps.length >> 1] ?? Number.NaN;
}
