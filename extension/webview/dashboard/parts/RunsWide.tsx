import * as l10n from "@vscode/l10n";
import { count, duration, steps } from "../../../shared/format";
import { elapsed, isAlive } from "../../../shared/run";
import type { Run } from "../../../src/protocol.gen";
import { direction } from "../model/tags";
import { bestScore, lastLoss, lastScore } from "../scores";
import { score, second, sortedRuns, unhurried } from "../state";
import { Actions, HiddenHead, Name, RunRow, StateMark, Swatch, stateSentence, Value } from "./runCells";

const COLUMNS = 11;

export function RunsWide() {
  unhurried.value;
  const tag = score.value;
  const top = topScore(tag);
  return (
    <table class="runs-table">
      <thead>
        <tr>
          <HiddenHead>{l10n.t("Drawn")}</HiddenHead>
          <th class="left">{l10n.t("Run")}</th>
          <th class="left">{l10n.t("State")}</th>
          <th>{l10n.t("Step")}</th>
          <th>train/loss</th>
          <th class="optional">{tag ? l10n.t("{0} best", tag) : l10n.t("Best")}</th>
          <th class="optional">{l10n.t("at step")}</th>
          <th>{tag ? l10n.t("{0} last", tag) : l10n.t("Last")}</th>
          <th class="seldom">{l10n.t("Duration")}</th>
          <th>{l10n.t("Time left")}</th>
          <HiddenHead>{l10n.t("Actions")}</HiddenHead>
        </tr>
      </thead>
      <tbody>
        {sortedRuns.value.map((run) => (
          <WideRow key={run.id} run={run} tag={tag} top={top} />
        ))}
      </tbody>
    </table>
  );
}

function WideRow({ run, tag, top }: { run: Run; tag: string | null; top: number | null }) {
  const best = bestScore(run, tag);
  const sentence = stateSentence(run);
  const seconds = elapsed(run, second.value);
  return (
    <RunRow run={run} columns={COLUMNS}>
      <Swatch run={run} />
      <td class="cell-name">
        <Name run={run} />
      </td>
      <td class="cell-state" title={sentence}>
        <span class="state">
          <StateMark run={run} />
          <span class="ellipsis">{sentence}</span>
        </span>
      </td>
      <td class="number">{isAlive(run) ? steps(run.step, run.totalSteps) : count(run.step)}</td>
      <Value value={lastLoss(run)} />
      {best ? (
        <>
          <td class={best.value === top ? "number strong optional" : "number optional"}>
            {best.value.toFixed(4)}
          </td>
          <td class="number dim optional">{count(best.step)}</td>
        </>
      ) : (
        <>
          <td class="number dim optional">–</td>
          <td class="number dim optional">–</td>
        </>
      )}
      <Value value={lastScore(run, tag)} />
      <td class="number seldom">{seconds === null ? "–" : duration(seconds)}</td>
      <td class="number">{isAlive(run) && run.secondsLeft !== null ? duration(run.secondsLeft) : "–"}</td>
      <td class="cell-actions">
        <Actions run={run} />
      </td>
    </RunRow>
  );
}

/** The best score of all runs: the one figure in bold. */
function topScore(tag: string | null): number | null {
  const bests = sortedRuns.value.flatMap((run) => bestScore(run, tag)?.value ?? []);
  if (bests.length < 2 || tag === null) {
    return null;
  }
  return direction(tag) === "down" ? Math.min(...bests) : Math.max(...bests);
}
