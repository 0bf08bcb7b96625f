// The connection to the daemon: started, watched, restarted after a crash. Runs do not depend on it.
import * as vscode from "vscode";
import { CloseAction, type DocumentSelector, ErrorAction, LanguageClient } from "vscode-languageclient/node";
import { BackOff } from "./backOff";
import type { DaemonProcess } from "./daemonProcess";
import { type Disposable, Emitter } from "./emitter";
import { Failure } from "./failure";
import type { Methods, Notifications } from "./protocol.gen";
import { CHECKED_FILES } from "./recipes";
import { RestartQueue } from "./restartQueue";
import { daemonOptions } from "./settings";

export type DaemonState =
  | { kind: "starting" }
  | { kind: "running" }
  | { kind: "restarting" }
  | { kind: "stopped" }
  | { kind: "failed"; error: Error };

/** Only logs: what the user is told of a failure, the daemon's state says once. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

export class Daemon {
  private readonly changed = new Emitter<DaemonState>();
  private readonly notifications = new Map<string, Emitter<unknown>>();
  private readonly queue = new RestartQueue(() => this.launch());
  private readonly backOff = new BackOff();
  private current: { client: LanguageClient; process?: DaemonProcess } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private now: DaemonState = { kind: "starting" };

  readonly onState = this.changed.on;

  constructor(
    private readonly output: vscode.LogOutputChannel,
    /** The first process, which starts by itself. */
    private started: Promise<DaemonProcess> | undefined,
    /** Finds the daemon's Python, or makes its environment, and starts it. */
    private readonly start: () => Promise<DaemonProcess>,
  ) {}

  get state(): DaemonState {
    return this.now;
  }

  /** Starts the daemon, or ends it and starts it anew. Every failure becomes a state, none is thrown. */
  restart(): Promise<void> {
    this.backOff.reset();
    if (this.now.kind === "starting") {
      // A daemon that never answers would keep the queue waiting.
      void this.current?.process?.end();
    }
    return this.queue.request();
  }

  /** Ends the daemon. Runs go on: their supervisors own them. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    await this.close();
    this.become({ kind: "stopped" });
  }

  /** Sends a request; while the daemon is starting it waits, and when it cannot start it throws why. */
  async request<M extends keyof Methods>(
    method: M,
    params: Methods[M]["params"],
    token?: vscode.CancellationToken,
  ): Promise<Methods[M]["result"]> {
    const client = await this.connected();
    // One that is undefined would be sent as a second parameter.
    return token === undefined
      ? client.sendRequest<Methods[M]["result"]>(method, params)
      : client.sendRequest<Methods[M]["result"]>(method, params, token);
  }

  /** Listens through every restart. */
  on<N extends keyof Notifications>(method: N, listener: (params: Notifications[N]) => void): Disposable {
    const emitter = this.notifications.get(method) ?? new Emitter<unknown>();
    this.notifications.set(method, emitter);
    return emitter.on((params) => listener(params as Notifications[N]));
  }

  /** Resolves once the daemon runs or has given up. */
  settled(): Promise<DaemonState> {
    if (this.now.kind !== "starting" && this.now.kind !== "restarting") {
      return Promise.resolve(this.now);
    }
    return new Promise((resolve) => {
      const listening = this.onState((state) => {
        if (state.kind !== "starting" && state.kind !== "restarting") {
          listening.dispose();
          resolve(state);
        }
      });
    });
  }

  private async connected(): Promise<LanguageClient> {
    const state = await this.settled();
    if (state.kind === "failed") {
      throw state.error;
    }
    if (state.kind !== "running" || this.current === undefined) {
      throw new Error(vscode.l10n.t("The Tunesmith daemon is stopped."));
    }
    return this.current.client;
  }

  private async launch(): Promise<void> {
    clearTimeout(this.timer);
    this.become({ kind: "starting" });
    await this.close();
    const client = this.newClient();
    this.current = { client };
    try {
      await client.start();
      this.become({ kind: "running" });
    } catch (error) {
      await this.lost(client, error);
    }
  }

  private newClient(): LanguageClient {
    const client: LanguageClient = new QuietClient(
      "tunesmith",
      "Tunesmith",
      async () => {
        const first = this.started;
        this.started = undefined;
        const process = await (first ?? this.start());
        if (this.current?.client === client) {
          this.current.process = process;
        }
        return process.child;
      },
      {
        documentSelector: CHECKED_FILES as DocumentSelector,
        outputChannel: this.output,
        initializationOptions: daemonOptions,
        // The daemon's own log lines carry their level; the channel's "error" for all of stderr would be wrong.
        stdioOptions: { stdout: () => {}, stderr: () => {} },
        initializationFailedHandler: () => false,
        errorHandler: {
          error: () => ({ action: ErrorAction.Continue, handled: true }),
          closed: () => {
            void this.lost(
              client,
              new Error(vscode.l10n.t("The connection to the Tunesmith daemon closed.")),
            );
            return { action: CloseAction.DoNotRestart, handled: true };
          },
        },
      },
    );
    for (const [method, emitter] of this.notifications) {
      client.onNotification(method, (params) => emitter.fire(params));
    }
    return client;
  }

  /** The daemon of this client is gone though nobody asked for it. */
  private async lost(client: LanguageClient, error: unknown): Promise<void> {
    if (this.current?.client !== client) {
      return;
    }
    const { process } = this.current;
    this.current = undefined;
    this.become({ kind: "restarting" });
    await process?.end();
    if (this.current !== undefined || this.now.kind !== "restarting") {
      return;
    }
    const cause = process?.explain() ?? asError(error);
    this.output.error(cause.message);
    const delay = cause instanceof Failure ? undefined : this.backOff.next(Date.now());
    if (delay === undefined) {
      this.become({ kind: "failed", error: cause });
    } else {
      this.timer = setTimeout(() => void this.queue.request(), delay);
    }
  }

  private async close(): Promise<void> {
    const closing = this.current;
    this.current = undefined;
    if (closing === undefined) {
      return;
    }
    try {
      await closing.client.dispose();
    } catch (error) {
      this.output.warn(`The daemon did not stop when asked: ${asError(error).message}`);
    } finally {
      await closing.process?.end();
    }
  }

  private become(state: DaemonState): void {
    this.now = state;
    this.changed.fire(state);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
