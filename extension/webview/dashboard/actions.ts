// What people can do, and what the host says: each one changes signals, and asks the host where it must.

import { batch } from "@preact/signals";
import * as l10n from "@vscode/l10n";
import type { HostRequests, ViewSettings, WebviewEvents } from "../../shared/messages";
import type { Listeners } from "../../shared/rpc";
import type { MetricsDelta, MetricsSnapshot } from "../../src/protocol.gen";
import { beforeFrame } from "./frames";
import { connect } from "./host";
import { assignColors } from "./model/palette";
import * as state from "./state";

const listeners: Listeners<WebviewEvents> = {
  runs: ({ runs, removed }) => {
    const known = new Map(state.runs.value);
    for (const run of runs) {
      known.set(run.id, run);
    }
    for (const id of removed) {
      known.delete(id);
      state.store.forget(id);
    }
    batch(() => {
      state.runs.value = known;
      if (removed.some((id) => state.drawn.value.includes(id))) {
        state.drawn.value = state.drawn.value.filter((id) => !removed.includes(id));
        state.shape.value++;
      }
    });
  },
  append: ({ delta }) => append(delta),
  hydrate: ({ snapshot }) => hydrate([snapshot]),
  focus: ({ runId }) => {
    state.focused.value = runId;
    if (!state.drawn.value.includes(runId)) {
      draw([...state.drawn.value, runId]);
    }
  },
  connection: (connection) => {
    state.connection.value = connection;
  },
};

const host = connect(listeners);

/** Asks the host for everything and shows it. */
export async function load(): Promise<void> {
  state.page.value = { kind: "loading" };
  try {
    const answer = await host.request("ready", {});
    batch(() => {
      state.runs.value = new Map(answer.runs.map((run) => [run.id, run]));
      state.view.value = answer.view;
      // The oldest run takes the first colour.
      const created = (id: string) => state.runs.value.get(id)?.created ?? 0;
      setDrawn([...answer.drawn].sort((a, b) => created(a) - created(b)));
      state.focused.value = answer.focused;
      state.page.value = { kind: "ready" };
      hydrate(answer.snapshots);
    });
  } catch (error) {
    state.page.value = { kind: "failed", message: text(error) };
  }
}

/** Draws these runs and no others. Lines that were there stay while history of new ones is on its way. */
export async function draw(runIds: readonly string[]): Promise<void> {
  const before = state.drawn.value;
  setDrawn(runIds);
  state.shape.value++;
  state.pending.value++;
  try {
    const { snapshots } = await host.request("draw", { runIds: [...runIds] });
    hydrate(snapshots);
  } catch (error) {
    const added = runIds.filter((id) => !before.includes(id));
    if (state.drawn.value === runIds) {
      state.drawn.value = before;
    }
    const retry = () => draw([...new Set([...state.drawn.value, ...added])]);
    say(l10n.t("Could not read the metrics. {0}", text(error)), added[0] ?? null, retry);
  } finally {
    state.pending.value--;
  }
}

export function toggleDrawn(runId: string): void {
  const { value } = state.drawn;
  draw(value.includes(runId) ? value.filter((id) => id !== runId) : [...value, runId]);
}

export function stop(runId: string, force: boolean): Promise<void> {
  return ask("stop", { runId, force }, l10n.t("Could not stop the run."), runId);
}

export function openLog(runId: string): Promise<void> {
  return ask("openLog", { runId }, l10n.t("Could not open the log."), runId);
}

export function openRecipe(runId: string): Promise<void> {
  return ask("openRecipe", { runId }, l10n.t("Could not open the recipe."), runId);
}

export function train(): Promise<void> {
  return ask("train", {}, l10n.t("Could not start training."), null);
}

let saving: ReturnType<typeof setTimeout> | undefined;

export function changeView(change: Partial<ViewSettings>): void {
  state.view.value = { ...state.view.value, ...change };
  clearTimeout(saving);
  saving = setTimeout(
    () => ask("saveView", { view: state.view.value }, l10n.t("Could not keep the view settings."), null),
    300,
  );
}

/** A run gets its colour when it is first drawn. */
function setDrawn(runIds: readonly string[]): void {
  if (runIds.some((id) => !state.colors.value.has(id))) {
    changeView({ colors: Object.fromEntries(assignColors(state.colors.value, runIds)) });
  }
  state.drawn.value = runIds;
}

export function toggleIn(list: "logScale" | "pinned" | "collapsed", name: string): void {
  const { [list]: names } = state.view.value;
  changeView({ [list]: names.includes(name) ? names.filter((each) => each !== name) : [...names, name] });
}

export function dismiss(notice: state.Notice): void {
  state.notices.value = state.notices.value.filter((each) => each !== notice);
}

async function ask<K extends keyof HostRequests & string>(
  name: K,
  params: HostRequests[K][0],
  failure: string,
  runId: string | null,
): Promise<void> {
  const request = host.request as (name: string, params: unknown) => Promise<unknown>;
  try {
    await request.call(host, name, params);
  } catch (error) {
    say(`${failure} ${text(error)}`, runId, () => ask(name, params, failure, runId));
  }
}

function say(message: string, runId: string | null, retry: (() => void) | null): void {
  state.notices.value = [
    ...state.notices.value.filter((each) => each.text !== message || each.runId !== runId),
    { text: message, runId, retry },
  ];
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function hydrate(snapshots: readonly MetricsSnapshot[]): void {
  for (const snapshot of snapshots) {
    state.store.hydrate(snapshot);
    warn(snapshot.runId, snapshot.warnings);
    // By the page's clock, which may differ from that of the machine that trains.
    const last = state.store.lastTime(snapshot.runId);
    state.heard.set(snapshot.runId, Math.min(last, Date.now() / 1000));
  }
  beforeFrame(newShape);
}

function append(delta: MetricsDelta): void {
  if (delta.resync && delta.series.length === 0) {
    return; // The history that replaces these lines is on its way; they stay until then.
  }
  if (delta.resync) {
    state.store.forget(delta.runId);
  }
  const shape = state.store.append(delta);
  warn(delta.runId, delta.warnings);
  state.heard.set(delta.runId, Date.now() / 1000);
  beforeFrame(shape ? newShape : newPoints);
}

function warn(runId: string, warnings: readonly string[]): void {
  for (const warning of warnings) {
    say(warning, runId, null);
  }
}

function newShape(): void {
  state.shape.value++;
  newPoints();
}

function newPoints(): void {
  state.revision.value++;
}
