// "Step 612  epoch 2.45  elapsed 6 min 11 s"
import * as l10n from "@vscode/l10n";
import { count, duration } from "../../../shared/format";
import type { Anchor } from "../model/reading";
import { epochAt } from "../model/series";
import { epochSeries } from "../model/xaxis";
import { lengths, runs, store } from "../state";

export function Place({ anchor }: { anchor: Anchor }) {
  const epochs = epochSeries(store, anchor.runId);
  const seconds = secondsAt(anchor);
  return (
    <p class="place">
      <b>{l10n.t("Step {0}", count(anchor.step))}</b>
      {epochs && <span class="dim">{l10n.t("epoch {0}", epochAt(epochs, anchor.step).toFixed(2))}</span>}
      {seconds !== null && <span class="dim">{l10n.t("elapsed {0}", duration(seconds))}</span>}
    </p>
  );
}

/** Seconds from the run's start until it logged this step. */
function secondsAt({ runId, step }: Anchor): number | null {
  const run = runs.value.get(runId);
  for (const tag of lengths.value.keys()) {
    const series = store.series(runId, tag);
    const index = series?.steps.view().indexOf(step) ?? -1;
    if (run && series && index >= 0) {
      return Math.max(0, series.times.at(index) - run.created);
    }
  }
  return null;
}
