// What all lines of the hovered chart say at the crosshair. Never in narrow places: there the table says it.
import * as l10n from "@vscode/l10n";
import type { RefObject } from "preact";
import { runLabel } from "../../../shared/format";
import { columnValue, difference } from "../model/format";
import { isSmoothed } from "../model/line";
import { type Reading, readAt, sortReadings } from "../model/reading";
import { Place } from "../parts/Place";
import { active, crosshair, linesOf, narrow, revision, runs, width } from "../state";
import type { Plot } from "./plot";

const ROOM = 340;
const DISTANCE = 14;

export function Tooltip({ tag, plot }: { tag: string; plot: RefObject<Plot | null> }) {
  const { value } = crosshair;
  if (!value || value.tag !== tag || active.value !== tag || narrow.value || !plot.current) {
    return null;
  }
  revision.value;
  const lines = linesOf(tag);
  const readings = sortReadings(lines.map((line) => readAt(line, value.anchor.x)));
  const base =
    lines.length > 1 ? readings.find((reading) => reading.line.focused && reading.index >= 0) : undefined;
  const smoothed = lines.some(isSmoothed);
  const left = plot.current.pixelOf(value.anchor.x);
  return (
    <div class="tooltip" role="presentation" style={place(tag, left)}>
      <Place anchor={value.anchor} />
      <table>
        <thead>
          <tr>
            <th />
            {smoothed && <th>{l10n.t("smoothed")}</th>}
            <th>{smoothed ? l10n.t("raw") : l10n.t("value")}</th>
            {base && <th>{l10n.t("vs {0}", base.line.label)}</th>}
          </tr>
        </thead>
        <tbody>
          {readings.map((reading) => (
            <Row key={reading.line.runId} reading={reading} smoothed={smoothed} base={base} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({
  reading,
  smoothed,
  base,
}: {
  reading: Reading;
  smoothed: boolean;
  base: Reading | undefined;
}) {
  const { line, index } = reading;
  const run = runs.value.get(line.runId);
  const trouble = index >= 0 && !Number.isFinite(reading.raw) ? "trouble" : "";
  const text = (value: number) => (index < 0 ? "–" : columnValue(value));
  const apart = reading.smoothed - (base?.smoothed ?? Number.NaN);
  return (
    <tr>
      <td>
        <span
          class="swatch-line"
          style={{ borderTopColor: line.color, borderTopStyle: line.dashed ? "dashed" : "solid" }}
        />
        {run ? runLabel(run) : line.label}
      </td>
      {smoothed && <td class={`strong ${trouble}`}>{text(reading.smoothed)}</td>}
      <td class={smoothed ? `dim ${trouble}` : `strong ${trouble}`}>{text(reading.raw)}</td>
      {base && <td class="dim">{reading === base || !Number.isFinite(apart) ? "" : difference(apart)}</td>}
    </tr>
  );
}

/** Right of the crosshair, or left of it where the page ends. */
function place(tag: string, left: number): { left: string; transform?: string } {
  const chart = document.querySelector(`.chart[data-tag="${CSS.escape(tag)}"]`);
  const start = chart?.getBoundingClientRect().left ?? 0;
  return start + left + DISTANCE + ROOM <= width.value
    ? { left: `${left + DISTANCE}px` }
    : { left: `${left - DISTANCE}px`, transform: "translateX(-100%)" };
}
