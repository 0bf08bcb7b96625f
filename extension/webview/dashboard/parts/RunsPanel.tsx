// The docked table of runs: what is drawn, how each run stands, what can be done with it.
import { toggleIn } from "../actions";
import { crosshair, drawn, isCollapsed, narrow, runs } from "../state";
import { Icon } from "./Icon";
import { Place } from "./Place";
import { RunsNarrow } from "./RunsNarrow";
import { RunsWide } from "./RunsWide";

const NAME = "Runs";

export function RunsPanel() {
  const collapsed = isCollapsed(NAME);
  const anchor = crosshair.value?.anchor;
  const total = runs.value.size;
  return (
    <section class={collapsed ? "runs folded" : "runs"} aria-label="Runs">
      <header class="group-head">
        <button
          type="button"
          class="fold"
          aria-expanded={!collapsed}
          onClick={() => toggleIn("collapsed", NAME)}
        >
          <Icon name={collapsed ? "chevron-right" : "chevron-down"} />
          <b>{NAME}</b>
          <span class="dim">
            {drawn.value.length} of {total} drawn
          </span>
        </button>
        {narrow.value && anchor && <Place anchor={anchor} />}
      </header>
      {!collapsed && <div class="runs-body">{narrow.value ? <RunsNarrow /> : <RunsWide />}</div>}
    </section>
  );
}
