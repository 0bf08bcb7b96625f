// "Live · #3f2a, 2 ranks, 0.2 s ago": whether what is seen is the present.
import * as l10n from "@vscode/l10n";
import { runTag } from "../../../shared/format";
import { liveState, usualInterval } from "../model/live";
import { rankText } from "../model/runs";
import { connection, heard, lengths, narrow, now, revision, store, watched } from "../state";

export function Live() {
  revision.value;
  const run = watched.value;
  if (!run) {
    return null;
  }
  const seconds = Math.max(now.value, Date.now() / 1000);
  const last = heard.get(run.id) ?? Number.NaN;
  const state = liveState(run, connection.value.connected, last, interval(run.id), seconds);
  // A narrow place has it in the table of runs.
  const detail = [runTag(run), !narrow.value && rankText(run), state.detail].filter(Boolean).join(", ");
  return (
    <span class="live" data-kind={state.kind}>
      <span class="live-dot" aria-hidden="true" />
      <span class="live-word">{state.word}</span>
      <span class="dim">{detail}</span>
      <span class="visually-hidden" role="status">
        {state.kind === "live" ? l10n.t("Live") : state.kind === "stale" ? l10n.t("No new data") : state.word}
      </span>
    </span>
  );
}

/** Seconds between two steps, from the longest series of the run. */
function interval(runId: string): number {
  const [tag] = [...lengths.value.keys()].sort(
    (a, b) => (store.series(runId, b)?.length ?? 0) - (store.series(runId, a)?.length ?? 0),
  );
  const series = tag && store.series(runId, tag);
  return series ? usualInterval(series.times.view()) : Number.NaN;
}
