// The x axes that the data can give: steps always, time always, epochs when every drawn run logs them.
import type { ViewSettings } from "../../../shared/messages";
import type { Run } from "../../../src/protocol.gen";
import type { XAxis } from "./series";
import type { MetricsStore } from "./store";
import { EPOCH_TAGS } from "./tags";

type Kind = ViewSettings["xAxis"];

export function availableAxes(store: MetricsStore, runIds: readonly string[]): Kind[] {
  const withData = runIds.filter((runId) => store.has(runId));
  const epochs = withData.length > 0 && withData.every((runId) => epochSeries(store, runId));
  return epochs ? ["step", "epoch", "elapsed"] : ["step", "elapsed"];
}

/** The axis of one run; steps where the run has not what the axis needs. */
export function axisOf(kind: Kind, store: MetricsStore, run: Run): XAxis {
  if (kind === "elapsed") {
    return { kind, start: run.created };
  }
  const epochs = kind === "epoch" ? epochSeries(store, run.id) : undefined;
  return epochs ? { kind: "epoch", epochs } : { kind: "step" };
}

export function epochSeries(store: MetricsStore, runId: string) {
  return EPOCH_TAGS.map((tag) => store.series(runId, tag)).find((series) => series && series.length > 0);
}
