// Search, smoothing, x axis; and at the right whether what is seen is the present.
import * as l10n from "@vscode/l10n";
import type { ViewSettings } from "../../../shared/messages";
import { changeView } from "../actions";
import { axes, compact, filter, narrow, view, xAxis, zoom } from "../state";
import { Icon } from "./Icon";
import { Live } from "./Live";
import { Menu } from "./Menu";

type Kind = ViewSettings["xAxis"];

function axisName(kind: Kind): string {
  const names = { step: l10n.t("Step"), epoch: l10n.t("Epoch"), elapsed: l10n.t("Elapsed") };
  return names[kind];
}

export function Toolbar() {
  return (
    <header class="toolbar">
      <Search />
      {narrow.value ? <SmoothingBox /> : <SmoothingSlider />}
      {narrow.value ? <AxisSelect /> : <AxisSegments />}
      {!compact.value && <Toggles />}
      {!narrow.value && <Live />}
      {compact.value && <Menu items={toggles()} />}
    </header>
  );
}

function Search() {
  return (
    <label class="search">
      <Icon name="search" />
      <input
        id="search"
        type="search"
        placeholder={l10n.t("Filter charts")}
        aria-label={l10n.t("Filter charts")}
        value={filter.value}
        onInput={(event) => {
          filter.value = event.currentTarget.value;
        }}
      />
    </label>
  );
}

function setSmoothing(text: string): void {
  const smoothing = Number(text);
  if (Number.isFinite(smoothing)) {
    changeView({ smoothing: Math.min(0.99, Math.max(0, smoothing)) });
  }
}

function SmoothingSlider() {
  const { smoothing } = view.value;
  return (
    <label class="field">
      {l10n.t("Smoothing")}
      <input
        type="range"
        min="0"
        max="0.99"
        step="0.01"
        value={smoothing}
        style={{ "--part": `${(smoothing / 0.99) * 100}%` }}
        onInput={(event) => setSmoothing(event.currentTarget.value)}
      />
      <output class="figure">{smoothing === 0 ? "0" : smoothing.toFixed(2)}</output>
    </label>
  );
}

function SmoothingBox() {
  return (
    <label class="field">
      <span class="word">{l10n.t("Smooth")}</span>
      <input
        class="box"
        type="number"
        min="0"
        max="0.99"
        step="0.05"
        value={view.value.smoothing}
        onChange={(event) => setSmoothing(event.currentTarget.value)}
      />
    </label>
  );
}

function AxisSegments() {
  return (
    <fieldset class="segments">
      <legend class="visually-hidden">{l10n.t("X axis")}</legend>
      <span class="field" aria-hidden="true">
        {l10n.t("X")}
      </span>
      {axes.value.map((kind) => (
        <button
          key={kind}
          type="button"
          class="toggle"
          aria-pressed={xAxis.value === kind}
          onClick={() => setAxis(kind)}
        >
          {axisName(kind)}
        </button>
      ))}
    </fieldset>
  );
}

function AxisSelect() {
  return (
    <select
      class="box"
      aria-label={l10n.t("X axis")}
      value={xAxis.value}
      onChange={(event) => setAxis(event.currentTarget.value as Kind)}
    >
      {axes.value.map((kind) => (
        <option key={kind} value={kind}>
          {axisName(kind)}
        </option>
      ))}
    </select>
  );
}

/** A zoomed stretch of steps means nothing in seconds. */
export function setAxis(kind: Kind): void {
  zoom.value = null;
  changeView({ xAxis: kind });
}

function toggles() {
  const { clipOutliers } = view.value;
  return [
    {
      name: l10n.t("Clip outliers"),
      on: clipOutliers,
      toggle: () => changeView({ clipOutliers: !clipOutliers }),
    },
    ...(zoom.value
      ? [
          {
            name: l10n.t("Reset zoom"),
            on: false,
            toggle: () => {
              zoom.value = null;
            },
          },
        ]
      : []),
  ];
}

function Toggles() {
  return (
    <span class="segments">
      {toggles().map(({ name, on, toggle }) => (
        <button key={name} type="button" class="toggle" aria-pressed={on} onClick={toggle}>
          {name}
        </button>
      ))}
    </span>
  );
}
