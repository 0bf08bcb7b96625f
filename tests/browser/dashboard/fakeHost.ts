/**
 * Stands in for the extension host inside the page: answers with the extension's own `Responder`, and does what
 * tests tell it through `theHost`.
 */
import {
  type DashboardState,
  defaultView,
  type HostRequests,
  type WebviewEvents,
} from "../../../extension/shared/messages";
import { type Envelope, Responder } from "../../../extension/shared/rpc";
import type { MetricsDelta, MetricsSnapshot, Run } from "../../../extension/src/protocol.gen";
import { failedAtOnce, longSnapshot, makeRuns, makeSnapshot, nextPoint } from "./history";
import { THEMES, type ThemeName } from "./themes";

type Requested = { name: string; params: unknown };

export class FakeHost {
  runs: Run[] = makeRuns(Date.now() / 1000);
  view = defaultView;
  readonly requested: Requested[] = [];
  private drawn = new Set<string>();
  private readonly failures = new Map<string, string>();
  private readonly responder: Responder<HostRequests, WebviewEvents>;

  constructor() {
    // Through a copy, as between processes; never in the same turn.
    const post = (message: Envelope) => {
      const copy = structuredClone(message);
      setTimeout(() => window.postMessage(copy, "*"));
    };
    this.responder = new Responder<HostRequests, WebviewEvents>(
      post,
      {
        ready: async () => this.answer("ready", {}, () => this.state()),
        draw: async (params) => this.answer("draw", params, () => ({ snapshots: this.watch(params.runIds) })),
        stop: async (params) => this.answer("stop", params, () => ({})),
        openLog: async (params) => this.answer("openLog", params, () => ({})),
        openRecipe: async (params) => this.answer("openRecipe", params, () => ({})),
        train: async () => this.answer("train", {}, () => ({})),
        saveView: async (params) => this.answer("saveView", params, () => ({})),
      },
      () => {},
    );
  }

  receive(message: Envelope): void {
    const copy = structuredClone(message);
    setTimeout(() => this.responder.receive(copy));
  }

  /** Every later request of this name gets an error reply. */
  fail(name: keyof HostRequests, message: string): void {
    this.failures.set(name, message);
  }

  mend(name: keyof HostRequests): void {
    this.failures.delete(name);
  }

  send<K extends keyof WebviewEvents & string>(name: K, params: WebviewEvents[K]): void {
    this.responder.send(name, params);
  }

  /** The run logs one more step. */
  log(runId: string, step: number, loss: number): void {
    const run = { ...this.run(runId), step };
    this.send("append", { delta: nextPoint(run, step, loss) });
    this.change(runId, { step });
  }

  append(delta: MetricsDelta): void {
    this.send("append", { delta });
  }

  change(runId: string, change: Partial<Run>): void {
    this.runs = this.runs.map((run) => (run.id === runId ? { ...run, ...change } : run));
    this.send("runs", { runs: [this.run(runId)], removed: [] });
  }

  hydrateLong(runId: string, points: number, seed: number): void {
    this.send("hydrate", { snapshot: longSnapshot(runId, points, seed) });
  }

  wear(theme: ThemeName): void {
    const { bodyClass, variables } = THEMES[theme];
    const { style } = document.documentElement;
    style.cssText = "";
    for (const [name, value] of Object.entries(variables)) {
      style.setProperty(`--vscode-${name}`, value);
    }
    style.setProperty("--vscode-font-family", '"Segoe WPC", "Segoe UI", "DejaVu Sans", sans-serif');
    document.body.className = bodyClass;
  }

  private answer<T>(name: keyof HostRequests, params: unknown, result: () => T): T {
    this.requested.push({ name, params });
    const failure = this.failures.get(name);
    if (failure !== undefined) {
      throw new Error(failure);
    }
    return result();
  }

  private state(): DashboardState {
    const ids = this.runs.map(({ id }) => id);
    return {
      runs: this.runs,
      drawn: ids,
      focused: ids[0] ?? null,
      snapshots: this.watch(ids),
      view: this.view,
    };
  }

  private watch(runIds: string[]): MetricsSnapshot[] {
    const fresh = runIds.filter((id) => !this.drawn.has(id));
    this.drawn = new Set(runIds);
    return fresh.map((id) => makeSnapshot(this.run(id)));
  }

  private run(runId: string): Run {
    const run = this.runs.find(({ id }) => id === runId);
    if (!run) {
      throw new Error(`No run ${runId}`);
    }
    return run;
  }
}

declare global {
  var theHost: FakeHost;
  var acquireVsCodeApi: () => unknown;
}

const query = new URLSearchParams(location.search);
const host = new FakeHost();
if (query.has("empty")) {
  host.runs = [];
}
if (query.get("story") === "failed") {
  host.runs = [failedAtOnce(Date.now() / 1000)];
}
if (query.has("colors")) {
  host.view = { ...defaultView, colors: JSON.parse(query.get("colors") ?? "") };
}
if (query.has("fail")) {
  host.fail("ready", query.get("fail") ?? "");
}
host.wear((query.get("theme") as ThemeName | null) ?? "dark");
globalThis.theHost = host;
globalThis.acquireVsCodeApi = () => ({
  postMessage: (message: Envelope) => host.receive(message),
});
