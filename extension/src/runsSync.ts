import * as vscode from "vscode";
import type { Daemon } from "./client";
import type { MetricsModel } from "./models/metrics";
import type { RunsModel } from "./models/runs";

/** Keeps the models the same as the daemon: the whole list after every start of it, changes afterwards. */
export class RunsSync {
  private loading: Promise<void> = Promise.resolve();
  /** The first list has come, or cannot be had. */
  readonly listed: Promise<void>;
  private readonly listening: vscode.Disposable;

  constructor(
    private readonly daemon: Daemon,
    private readonly runs: RunsModel,
    private readonly metrics: MetricsModel,
    private readonly output: vscode.LogOutputChannel,
  ) {
    this.listening = vscode.Disposable.from(
      daemon.on("tunesmith/runs/changed", (event) => runs.apply(event)),
      daemon.on("tunesmith/metrics/delta", (delta) => metrics.receive(delta)),
      daemon.onState((state) => {
        if (state.kind === "running") {
          this.loading = this.reload();
        }
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.loading = this.reload();
      }),
    );
    this.listed = this.settled();
  }

  /** Resolves when the daemon's present list is there, or cannot be had. */
  async settled(): Promise<void> {
    await this.daemon.settled();
    await this.loading;
  }

  async refresh(): Promise<void> {
    const newer = new Set<string>();
    const listening = this.runs.onChange(({ changes, removed }) => {
      for (const id of [...changes.map(({ after }) => after.id), ...removed]) {
        newer.add(id);
      }
    });
    try {
      const { runs } = await this.daemon.request("tunesmith/runs/list", { folders: runFolders() });
      this.runs.replace(runs, newer);
    } finally {
      listening.dispose();
    }
  }

  dispose(): void {
    this.listening.dispose();
  }

  private async reload(): Promise<void> {
    try {
      await this.refresh();
      await this.metrics.reconnect();
    } catch (error) {
      this.output.error(`The runs could not be listed: ${String(error)}`);
    }
  }
}

/** The daemon shows only runs of open folders. */
function runFolders(): string[] {
  return (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
}
