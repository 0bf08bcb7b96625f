// A chart's name, what is not seen of it, and the values of its lines at the crosshair or at their ends.

import * as l10n from "@vscode/l10n";
import { count } from "../../../shared/format";
import { toggleIn } from "../actions";
import { edgeValue, headValue } from "../model/format";
import { type Reading, readAt, readLast } from "../model/reading";
import { leafOf } from "../model/tags";
import { IconButton } from "../parts/Icon";
import { crosshair, isLog, isPinned, linesOf, revision, shape } from "../state";
import { sights } from "./sights";

export function Head({ tag }: { tag: string }) {
  revision.value;
  shape.value;
  const x = crosshair.value?.anchor.x;
  const readings = linesOf(tag).map((line) => (x === undefined ? readLast(line) : readAt(line, x)));
  const prefix = tag.slice(0, tag.length - leafOf(tag).length);
  const log = isLog(tag);
  const pinned = isPinned(tag);
  return (
    <figcaption class="head">
      <span class="name" title={tag}>
        <span class="dim">{prefix}</span>
        <b>{leafOf(tag)}</b>
      </span>
      {log && <span class="note">{l10n.t("log")}</span>}
      <Beyond tag={tag} />
      <span class="values" aria-hidden="true">
        {readings.map((reading) => (
          <Value key={reading.line.runId} reading={reading} />
        ))}
      </span>
      <span class="tools">
        <IconButton
          icon={pinned ? "pinned" : "pin"}
          label={pinned ? l10n.t("Unpin {0}", tag) : l10n.t("Pin {0}", tag)}
          pressed={pinned}
          onClick={() => toggleIn("pinned", tag)}
        />
        <button
          type="button"
          class="text-button"
          aria-label={l10n.t("Log scale for {0}", tag)}
          aria-pressed={log}
          onClick={() => toggleIn("logScale", tag)}
        >
          {l10n.t("log")}
        </button>
      </span>
    </figcaption>
  );
}

function Value({ reading: { line, index, raw, smoothed } }: { reading: Reading }) {
  if (index < 0) {
    return <span class="dim">–</span>;
  }
  const finite = Number.isFinite(raw);
  return (
    <span class={finite ? undefined : "trouble"} style={finite ? { color: line.textColor } : undefined}>
      {headValue(smoothed)}
    </span>
  );
}

/** "2 points above 1.1 ▲" */
function Beyond({ tag }: { tag: string }) {
  const sight = sights.value.get(tag);
  if (!sight) {
    return null;
  }
  const value = (edge: number) => edgeValue(isLog(tag) ? 10 ** edge : edge);
  const parts = [
    sight.above > 0 && l10n.t("{0} above {1} ▲", points(sight.above), value(sight.max)),
    sight.below > 0 && l10n.t("{0} below {1}", points(sight.below), value(sight.min)),
    sight.notPositive > 0 && l10n.t("{0} not above 0", points(sight.notPositive)),
  ].filter(Boolean);
  return parts.length > 0 ? <span class="note">{parts.join(" · ")}</span> : null;
}

function points(number: number): string {
  return number === 1 ? l10n.t("1 point") : l10n.t("{0} points", count(number));
}
