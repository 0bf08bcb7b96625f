import * as vscode from "vscode";
import type { DashboardState, HostRequests, WebviewEvents } from "../../shared/messages";
import { type Envelope, type Handlers, Responder } from "../../shared/rpc";
import type { Daemon } from "../client";
import type { MetricsModel } from "../models/metrics";
import type { RunsModel } from "../models/runs";
import type { MetricsSnapshot } from "../protocol.gen";
import type { RunsSync } from "../runsSync";
import { DashboardView } from "./dashboardView";
import { pageFolder, pageHtml } from "./html";
import { onOrphan, tabsOf } from "./orphans";

export const DASHBOARD = "tunesmith.dashboard";

export interface DashboardParts {
  context: vscode.ExtensionContext;
  output: vscode.LogOutputChannel;
  daemon: Daemon;
  runs: RunsModel;
  sync: RunsSync;
  metrics: MetricsModel;
}

/** The one dashboard. Its page is thrown away while hidden: on showing it asks for everything again. */
export class Dashboard implements vscode.WebviewPanelSerializer {
  private readonly kept: DashboardView;
  private panel: vscode.WebviewPanel | undefined;
  private opening: Promise<void> | undefined;
  private responder: Responder<HostRequests, WebviewEvents> | undefined;
  /** The page has asked for its state and takes events. */
  private ready = false;
  /** How many pages have asked for their state: the last one is in view. */
  private pages = 0;

  constructor(private readonly parts: DashboardParts) {
    const { context, daemon, runs, metrics } = parts;
    this.kept = new DashboardView(context.workspaceState);
    context.subscriptions.push(
      runs.onChange(({ changes, removed }) =>
        this.send("runs", { runs: changes.map(({ after }) => after), removed }),
      ),
      metrics.onAppend((delta) => this.send("append", { delta })),
      metrics.onHydrate((snapshot) => this.send("hydrate", { snapshot })),
      daemon.onState(() => this.send("connection", this.connection())),
      onOrphan(
        DASHBOARD,
        () => this.panel !== undefined,
        () => void this.show(),
      ),
    );
  }

  /** Opens or reveals the dashboard; with a run, draws and focuses it. */
  async show(runId?: string): Promise<void> {
    if (runId !== undefined) {
      const { drawn } = this.kept.get();
      await this.kept.set({ drawn: [...new Set([...drawn, runId])], focused: runId });
    }
    if (this.panel !== undefined) {
      this.panel.reveal(undefined, true);
    } else {
      this.opening ??= this.open().finally(() => {
        this.opening = undefined;
      });
      await this.opening;
    }
    if (runId !== undefined) {
      this.send("focus", { runId });
    }
  }

  /** Where a text opens so that the charts stay in view. */
  textColumn(): vscode.ViewColumn {
    const { activeTextEditor, visibleTextEditors } = vscode.window;
    const column = (activeTextEditor ?? visibleTextEditors[0])?.viewColumn;
    const { One, Two } = vscode.ViewColumn;
    return column ?? (this.panel?.viewColumn === One ? Two : One);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.attach(panel);
  }

  /** Takes the place of a tab that is still there from before. */
  private async open(): Promise<void> {
    const before = tabsOf(DASHBOARD);
    const options = { viewColumn: before[0]?.group.viewColumn ?? freeColumn(), preserveFocus: true };
    await vscode.window.tabGroups.close(before, true);
    this.attach(vscode.window.createWebviewPanel(DASHBOARD, vscode.l10n.t("Dashboard"), options));
  }

  private attach(panel: vscode.WebviewPanel): void {
    const extension = this.parts.context.extensionUri;
    // A panel that is gone has no webview to ask for: late replies go to this one, and come to nothing.
    const { webview } = panel;
    this.panel?.dispose();
    this.panel = panel;
    panel.iconPath = {
      light: vscode.Uri.joinPath(extension, "media", "light", "dashboard.svg"),
      dark: vscode.Uri.joinPath(extension, "media", "dark", "dashboard.svg"),
    };
    const responder = new Responder<HostRequests, WebviewEvents>(
      (message) => void webview.postMessage(message),
      this.handlers(),
      (name, error) => this.parts.output.error(`The dashboard asked for "${name}": ${String(error)}`),
    );
    this.responder = responder;
    webview.onDidReceiveMessage((message: Envelope) => void responder.receive(message));
    panel.onDidChangeViewState(() => {
      if (!panel.visible) {
        this.hidden();
      }
    });
    panel.onDidDispose(() => {
      if (this.panel === panel) {
        this.panel = undefined;
        this.hidden();
      }
    });
    webview.options = { enableScripts: true, localResourceRoots: [pageFolder(extension)] };
    webview.html = pageHtml(webview, extension, "dashboard", vscode.l10n.t("Dashboard"));
  }

  private hidden(): void {
    this.ready = false;
    this.parts.metrics.unwatchAll();
  }

  private handlers(): Handlers<HostRequests> {
    return {
      ready: () => this.state(),
      draw: ({ runIds }) => this.draw(runIds),
      saveView: async ({ view }) => {
        await this.kept.set({ view });
        return {};
      },
      train: () => execute("tunesmith.train"),
      stop: ({ runId, force }) => execute(force ? "tunesmith.stopNow" : "tunesmith.stop", runId),
      openLog: ({ runId }) => execute("tunesmith.showLog", runId),
      openRecipe: ({ runId }) => execute("tunesmith.openRecipe", runId),
    };
  }

  private async state(): Promise<DashboardState> {
    const { runs, metrics, sync } = this.parts;
    const page = ++this.pages;
    await sync.settled();
    // Only now: of two pages that wait for the same daemon the later one must get the histories.
    metrics.unwatchAll();
    const { view, drawn, focused } = this.kept.get();
    const known = drawn.filter((id) => runs.get(id) !== undefined);
    const newest = runs.all().find((run) => run.state !== "queued");
    const shown = known.length === 0 && newest !== undefined ? [newest.id] : known;
    const { snapshots, failed } = await metrics.watch(shown);
    for (const [id, error] of failed) {
      this.parts.output.error(`Run ${id} is not drawn, its metrics cannot be read: ${String(error)}`);
    }
    const readable = shown.filter((id) => !failed.has(id));
    const state: DashboardState = {
      runs: runs.all(),
      drawn: readable,
      focused: focused !== null && readable.includes(focused) ? focused : (readable[0] ?? null),
      snapshots,
      view,
    };
    if (!this.panel?.visible) {
      metrics.unwatchAll();
    } else if (page === this.pages) {
      this.ready = true;
      setImmediate(() => this.catchUp(state));
    }
    return state;
  }

  private async draw(runIds: string[]): Promise<{ snapshots: MetricsSnapshot[] }> {
    const { snapshots, failed } = await this.parts.metrics.watch(runIds);
    const [error] = failed.values();
    if (error !== undefined) {
      // The page draws what it drew before, so none of the new runs may stay watched.
      this.parts.metrics.unwatch(snapshots.map(({ runId }) => runId));
      throw error;
    }
    await this.kept.set({ drawn: runIds });
    return { snapshots };
  }

  /** What changed while the page's first state was being gathered. */
  private catchUp(sent: DashboardState): void {
    this.send("connection", this.connection());
    const { focused } = this.kept.get();
    if (focused !== null && focused !== sent.focused && this.parts.runs.get(focused) !== undefined) {
      this.send("focus", { runId: focused });
    }
  }

  private connection(): WebviewEvents["connection"] {
    const { state } = this.parts.daemon;
    return state.kind === "failed"
      ? { connected: false, message: state.error.message }
      : { connected: state.kind === "running" };
  }

  private send<K extends keyof WebviewEvents>(name: K, params: WebviewEvents[K]): void {
    if (this.ready) {
      this.responder?.send(name, params);
    }
  }
}

/** Beside the text that is being worked on, else in its place. */
function freeColumn(): vscode.ViewColumn {
  return vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
}

async function execute(command: string, ...args: unknown[]): Promise<Record<string, never>> {
  await vscode.commands.executeCommand(command, ...args);
  return {};
}
