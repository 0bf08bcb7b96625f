// The charts, by group: pinned ones first; a collapsed group keeps a line that says its values.
import * as l10n from "@vscode/l10n";
import { count } from "../../../shared/format";
import { isAlive } from "../../../shared/run";
import { openLog, toggleIn } from "../actions";
import { Chart } from "../chart/Chart";
import { sights } from "../chart/sights";
import { headValue } from "../model/format";
import { type Group, groupTitle, PINNED } from "../model/groups";
import type { MarkKind } from "../model/marks";
import { readLast } from "../model/reading";
import { stateText } from "../model/runs";
import { leafOf } from "../model/tags";
import {
  filter,
  groups,
  isCollapsed,
  linesOf,
  narrow,
  revision,
  unhurried,
  watched,
  xAxis,
  zoom,
} from "../state";
import { Icon } from "./Icon";
import { Live } from "./Live";
import { stateSentence } from "./runCells";

export function Groups() {
  if (groups.value.length === 0) {
    return <Nothing />;
  }
  return (
    <>
      {groups.value.map((group, i) => (
        <section key={group.name} class="group" aria-label={groupTitle(group.name)}>
          <GroupHead group={group} first={i === 0} />
          {!isCollapsed(group.name) && <GroupBody group={group} />}
        </section>
      ))}
    </>
  );
}

function GroupHead({ group, first }: { group: Group; first: boolean }) {
  const collapsed = isCollapsed(group.name);
  return (
    <header class="group-head">
      <button
        type="button"
        class="fold"
        aria-expanded={!collapsed}
        onClick={() => toggleIn("collapsed", group.name)}
      >
        <Icon name={collapsed ? "chevron-right" : "chevron-down"} />
        <b>{groupTitle(group.name)}</b>
        <span class="dim">{group.charts.length + group.figures.length}</span>
      </button>
      <span class="group-side">
        {first && <Zoomed />}
        {first && !collapsed && <Key />}
        {collapsed && <GroupLine group={group} />}
        {first && narrow.value && <Live />}
      </span>
    </header>
  );
}

function GroupBody({ group }: { group: Group }) {
  return (
    <>
      {group.charts.length > 0 && (
        <div class={group.name === PINNED ? "grid pinned" : "grid"}>
          {group.charts.map((tag) => (
            <Chart key={tag} tag={tag} />
          ))}
        </div>
      )}
      {group.figures.length > 0 && (
        <dl class="figures">
          {group.figures.map((tag) => (
            <Figure key={tag} tag={tag} />
          ))}
        </dl>
      )}
    </>
  );
}

/** A tag of one point: a figure says more than a dot in a chart. */
function Figure({ tag }: { tag: string }) {
  revision.value;
  return (
    <div data-tag={tag}>
      <dt class="dim">{leafOf(tag)}</dt>
      <dd>
        {linesOf(tag).map((line) => (
          <span key={line.runId} style={{ color: line.textColor }}>
            {headValue(readLast(line).raw)}
          </span>
        ))}
      </dd>
    </div>
  );
}

/** "f1 0.904 · loss 0.306": the last values of the focused run, else of the first. */
function GroupLine({ group }: { group: Group }) {
  unhurried.value;
  const parts = group.charts.slice(0, 3).flatMap((tag) => {
    const lines = linesOf(tag);
    const line = lines.find((each) => each.focused) ?? lines[0];
    return line ? [`${leafOf(tag)} ${headValue(readLast(line).smoothed)}`] : [];
  });
  return <span class="dim">{parts.join(" · ")}</span>;
}

/** Only the kinds of marks that are on a chart. */
function Key() {
  const present = new Set([...sights.value.values()].flatMap((sight) => sight.kinds));
  const kinds = (Object.keys(KEY_SYMBOLS) as MarkKind[]).filter((kind) => present.has(kind));
  return (
    <span class="key" aria-hidden="true">
      {kinds.map((kind) => (
        <span key={kind} class="dim">
          <span class={kind === "non-finite" ? "trouble" : ""}>{KEY_SYMBOLS[kind]}</span> {markName(kind)}
        </span>
      ))}
    </span>
  );
}

const KEY_SYMBOLS: Record<MarkKind, string> = {
  best: "◆",
  resumed: "▷",
  stopped: "■",
  clipped: "▲",
  "non-finite": "×",
};

function markName(kind: MarkKind): string {
  switch (kind) {
    case "best":
      return l10n.t("best");
    case "resumed":
      return l10n.t("resumed");
    case "stopped":
      return l10n.t("stopped");
    case "clipped":
      return l10n.t("clipped");
    case "non-finite":
      return l10n.t("non-finite");
  }
}

function Zoomed() {
  const { value } = zoom;
  return value && xAxis.value === "step" ? (
    <span class="dim">
      {l10n.t("steps {0} to {1}", count(Math.ceil(value.min)), count(Math.floor(value.max)))}
    </span>
  ) : null;
}

/** Says why there is no chart, and what to do. */
function Nothing() {
  const run = watched.value;
  if (filter.value) {
    return (
      <Instead
        text={l10n.t("No chart matches “{0}”.", filter.value)}
        action={l10n.t("Clear filter")}
        onClick={clearFilter}
      />
    );
  }
  if (!run) {
    return <Instead text={l10n.t("No run is drawn. Tick one in the table.")} />;
  }
  if (isAlive(run)) {
    return <Instead text={l10n.t("{0}. Charts appear with the first logged step.", stateText(run))} />;
  }
  return (
    <Instead
      text={l10n.t("{0}. Nothing was logged.", stateSentence(run))}
      action={l10n.t("Open log")}
      onClick={() => openLog(run.id)}
    />
  );
}

function clearFilter(): void {
  filter.value = "";
}

function Instead({ text, action, onClick }: { text: string; action?: string; onClick?: () => void }) {
  return (
    <div class="empty">
      <p>{text}</p>
      {action && (
        <button type="button" class="secondary" onClick={onClick}>
          {action}
        </button>
      )}
    </div>
  );
}
