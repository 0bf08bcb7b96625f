// The docked table of runs: what is drawn, how each run stands, what can be done with it.
import * as l10n from "@vscode/l10n";
import { toggleIn } from "../actions";
import { crosshair, drawn, isCollapsed, narrow, runs } from "../state";
import { Icon } from "./Icon";
import { Place } from "./Place";
import { RunsNarrow } from "./RunsNarrow";
import { RunsWide } from "./RunsWide";

/** No group of charts has this name: both are kept in one list of what is folded. */
const NAME = "*runs";

export function RunsPanel() {
  const collapsed = isCollapsed(NAME);
  const anchor = crosshair.value?.anchor;
  const total = runs.value.size;
  return (
    <section class={collapsed ? "runs folded" : "runs"} aria-label={l10n.t("Runs")}>
      <header class="group-head">
        <button
          type="button"
          class="fold"
          aria-expanded={!collapsed}
          onClick={() => toggleIn("collapsed", NAME)}
        >
          <Icon name={collapsed ? "chevron-right" : "chevron-down"} />
          <b>{l10n.t("Runs")}</b>
          <span class="dim">{l10n.t("{0} of {1} drawn", drawn.value.length, total)}</span>
        </button>
        {narrow.value && anchor && <Place anchor={anchor} />}
      </header>
      {!collapsed && <div class="runs-body">{narrow.value ? <RunsNarrow /> : <RunsWide />}</div>}
    </section>
  );
}
