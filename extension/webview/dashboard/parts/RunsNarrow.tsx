// In a narrow place the table says what the tooltip would: the values at the crosshair.
import * as l10n from "@vscode/l10n";
import { duration, roughly } from "../../../shared/format";
import { elapsed, isAlive } from "../../../shared/run";
import type { Run } from "../../../src/protocol.gen";
import { readAt, readLast } from "../model/reading";
import { rankText, stateText } from "../model/runs";
import { leafOf, RESOURCES } from "../model/tags";
import { crosshair, groups, linesOf, revision, second, sortedRuns } from "../state";
import { Actions, HiddenHead, Name, RunRow, StateMark, Swatch, stateSentence, Value } from "./runCells";

const MOST_TAGS = 2;

export function RunsNarrow() {
  revision.value;
  const told = groups.value.filter(({ name }) => name !== RESOURCES);
  const tags = told.flatMap((group) => group.charts).slice(0, MOST_TAGS);
  const values = new Map(tags.map((tag) => [tag, valuesOf(tag)]));
  return (
    <table class="runs-table">
      <thead>
        <tr>
          <HiddenHead>{l10n.t("Drawn")}</HiddenHead>
          <th class="left">{l10n.t("Run")}</th>
          {tags.map((tag) => (
            <th key={tag}>{leafOf(tag)}</th>
          ))}
          <th class="time">{l10n.t("Time")}</th>
          <HiddenHead>{l10n.t("Actions")}</HiddenHead>
        </tr>
      </thead>
      <tbody>
        {sortedRuns.value.map((run) => (
          <RunRow key={run.id} run={run} columns={tags.length + 4}>
            <Swatch run={run} />
            <td class="cell-name">
              <span class="state" title={stateSentence(run)}>
                <Name run={run} short />
                <StateMark run={run} />
                <span class="visually-hidden">{stateText(run)}</span>
                <span class="dim ranks">{rankText(run)}</span>
              </span>
            </td>
            {tags.map((tag) => (
              <Value key={tag} value={values.get(tag)?.get(run.id) ?? null} />
            ))}
            <td class="number time">{timeText(run)}</td>
            <td class="cell-actions">
              <Actions run={run} />
            </td>
          </RunRow>
        ))}
      </tbody>
    </table>
  );
}

/** Run id → value at the crosshair, or the last one. */
function valuesOf(tag: string): Map<string, number | null> {
  const x = crosshair.value?.anchor.x;
  return new Map(
    linesOf(tag).map((line) => {
      const reading = x === undefined ? readLast(line) : readAt(line, x);
      return [line.runId, reading.index < 0 ? null : reading.smoothed];
    }),
  );
}

function timeText(run: Run): string {
  if (isAlive(run) && run.secondsLeft !== null) {
    return l10n.t("{0} left", roughly(run.secondsLeft));
  }
  const seconds = elapsed(run, second.value);
  return seconds === null ? "–" : duration(seconds);
}
