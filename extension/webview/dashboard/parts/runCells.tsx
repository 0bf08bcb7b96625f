// Cells that the wide and the narrow table of runs share.
import * as l10n from "@vscode/l10n";
import type { ComponentChildren } from "preact";
import { runLabel, runTag } from "../../../shared/format";
import { type Outcome, outcome } from "../../../shared/run";
import type { Run } from "../../../src/protocol.gen";
import { openLog, openRecipe, stop, toggleDrawn } from "../actions";
import { columnValue } from "../model/format";
import { progress, rankText, stateText } from "../model/runs";
import { drawn, focused, notices, runColor } from "../state";
import { Icon, IconButton, Ring } from "./Icon";
import { NoticeLine } from "./Notices";

const ICONS: Record<Exclude<Outcome, "running">, [name: string, color: string]> = {
  queued: ["history", "var(--queued)"],
  finished: ["pass", "var(--passed)"],
  failed: ["error", "var(--failed)"],
  stopped: ["stop-circle", "var(--secondary)"],
  lost: ["question", "var(--queued)"],
};

export function StateMark({ run }: { run: Run }) {
  const end = outcome(run);
  if (end === "running") {
    return <Ring fraction={progress(run)} />;
  }
  const [name, color] = ICONS[end];
  return <Icon name={name} color={color} />;
}

/** The state in words, with why it ended. */
export function stateSentence(run: Run): string {
  const state = [stateText(run), rankText(run)].filter(Boolean).join(", ");
  const text = run.state === "running" && !run.supervised ? l10n.t("{0}, no supervisor", state) : state;
  return run.message ? `${text}: ${run.message}` : text;
}

/** The checkbox that draws a run, in the run's colour. */
export function Swatch({ run }: { run: Run }) {
  const on = drawn.value.includes(run.id);
  const { color } = runColor(run.id);
  return (
    <td class="cell-swatch">
      <input
        type="checkbox"
        class="swatch"
        checked={on}
        aria-label={l10n.t("Draw {0}", runLabel(run))}
        style={on ? { "--swatch": color } : undefined}
        onClick={(event) => event.stopPropagation()}
        onChange={() => toggleDrawn(run.id)}
      />
    </td>
  );
}

export function Name({ run, short }: { run: Run; short?: boolean }) {
  return (
    <button type="button" class="name-button" title={run.recipe} onClick={() => focus(run.id)}>
      {!short && `${run.name} `}
      <span class={short ? undefined : "dim"}>{runTag(run)}</span>
    </button>
  );
}

export function RunRow({
  run,
  columns,
  children,
}: {
  run: Run;
  columns: number;
  children: ComponentChildren;
}) {
  const selected = focused.value === run.id;
  return (
    <>
      <tr class={selected ? "selected" : undefined} data-run={run.id} onClick={() => focus(run.id)}>
        {children}
      </tr>
      {notices.value
        .filter((notice) => notice.runId === run.id)
        .map((notice) => (
          <tr key={notice.text} class="notice-row">
            <td colSpan={columns}>
              <NoticeLine notice={notice} />
            </td>
          </tr>
        ))}
    </>
  );
}

/** A head that only readers hear. */
export function HiddenHead({ children }: { children: string }) {
  return (
    <th>
      <span class="visually-hidden">{children}</span>
    </th>
  );
}

export function Actions({ run }: { run: Run }) {
  const label = runLabel(run);
  const stopping = run.phase === "stopping";
  return (
    <span class="actions">
      {run.state === "running" && (
        <IconButton
          icon={stopping ? "close" : "debug-stop"}
          label={stopLabel(run)}
          onClick={() => stop(run.id, stopping)}
        />
      )}
      <IconButton
        icon="output"
        label={l10n.t("Open the log of {0}", label)}
        onClick={() => openLog(run.id)}
      />
      <IconButton
        icon="go-to-file"
        label={l10n.t("Open the recipe of {0}", label)}
        onClick={() => openRecipe(run.id)}
      />
    </span>
  );
}

/** What it says of saving is what the run says of itself. */
function stopLabel(run: Run): string {
  const label = runLabel(run);
  if (run.phase === "stopping") {
    return l10n.t("Stop {0} now, without a checkpoint", label);
  }
  switch (run.stop) {
    case "checkpoint":
      return l10n.t("Stop {0} with a checkpoint", label);
    case "signal":
      return l10n.t("Stop {0}: its script saves what it wants to", label);
    case "nothing":
      return l10n.t("Stop {0}: nothing will be saved", label);
    default:
      return l10n.t("Stop {0}", label);
  }
}

export function Value({ value }: { value: number | null }) {
  if (value === null) {
    return <td class="number dim">–</td>;
  }
  const trouble = Number.isFinite(value) ? "" : "trouble";
  return <td class={`number ${trouble}`}>{columnValue(value)}</td>;
}

function focus(runId: string): void {
  focused.value = runId;
}
