import type * as vscode from "vscode";
import { Daemon } from "./client";
import type { DaemonProcess } from "./daemonProcess";
import type { DaemonEnvironment } from "./environment/daemonEnvironment";
import { LogFollower } from "./logs/follower";
import { ChoiceModel } from "./models/choiceModel";
import { MetricsModel } from "./models/metrics";
import { RunsModel } from "./models/runs";
import { StatusModel } from "./models/status";
import { UsageHistory } from "./models/usage";
import { Dashboard } from "./panels/dashboard";
import { RunsSync } from "./runsSync";
import { RunsView } from "./views/runsView";

/** The parts of the extension, made once and handed to whoever needs them. */
export interface Ctx {
  readonly context: vscode.ExtensionContext;
  readonly output: vscode.LogOutputChannel;
  readonly environment: DaemonEnvironment;
  readonly daemon: Daemon;
  readonly status: StatusModel;
  readonly runs: RunsModel;
  readonly choice: ChoiceModel;
  readonly metrics: MetricsModel;
  readonly sync: RunsSync;
  readonly tree: RunsView;
  readonly follower: LogFollower;
  readonly dashboard: Dashboard;
}

/** What was there before the rest of the extension was loaded. */
export interface Early {
  readonly output: vscode.LogOutputChannel;
  readonly environment: DaemonEnvironment;
  /** The first process of the daemon. */
  readonly started: Promise<DaemonProcess>;
  /** Starts another one. */
  start(): Promise<DaemonProcess>;
}

export function createCtx(
  context: vscode.ExtensionContext,
  { output, environment, started, start }: Early,
): Ctx {
  const daemon = new Daemon(output, started, start);
  const status = new StatusModel();
  const runs = new RunsModel();
  const metrics = new MetricsModel(
    {
      subscribe: (runId) => daemon.request("tunesmith/metrics/subscribe", { runId }),
      unsubscribe: (runId) => daemon.request("tunesmith/metrics/unsubscribe", { runId }),
    },
    (runId, error) => output.error(`The metrics of run ${runId} cannot be read: ${String(error)}`),
  );
  daemon.on("tunesmith/status", (value) => status.set(value));
  const sync = new RunsSync(daemon, runs, metrics, output);
  const choice = new ChoiceModel(context.workspaceState);
  const uses = new UsageHistory(runs);
  const tree = new RunsView(runs, choice, uses, sync.listed, context.extensionUri);
  const dashboard = new Dashboard({ context, output, daemon, runs, sync, metrics });
  const follower = new LogFollower();
  context.subscriptions.push(output, sync, uses, tree, follower);
  return {
    context,
    output,
    environment,
    daemon,
    status,
    runs,
    choice,
    metrics,
    sync,
    tree,
    follower,
    dashboard,
  };
}
