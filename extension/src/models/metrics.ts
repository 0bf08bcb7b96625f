import { Emitter } from "../emitter";
import type { MetricsDelta, MetricsSnapshot } from "../protocol.gen";
import { extended } from "./history";

export interface MetricsSource {
  subscribe(runId: string): Promise<MetricsSnapshot>;
  unsubscribe(runId: string): Promise<unknown>;
}

/** One run that is watched. `held` are deltas that came before the snapshot was handed out. */
interface Watch {
  held: MetricsDelta[] | undefined;
}

interface Beginning {
  watch: Watch;
  snapshot: MetricsSnapshot;
}

export interface Watched {
  snapshots: MetricsSnapshot[];
  /** Runs that are not watched, because their metrics cannot be read, and why. */
  failed: Map<string, unknown>;
}

/** The histories of the runs that a visible page draws. What nobody sees is not subscribed to. */
export class MetricsModel {
  private readonly watches = new Map<string, Watch>();
  private readonly appended = new Emitter<MetricsDelta>();
  private readonly hydrated = new Emitter<MetricsSnapshot>();

  /** Points to append to a history that was handed out. */
  readonly onAppend = this.appended.on;
  /** A history that replaces the one that was handed out. */
  readonly onHydrate = this.hydrated.on;

  constructor(
    private readonly source: MetricsSource,
    private readonly onError: (runId: string, error: unknown) => void,
  ) {}

  /** Watches exactly these runs; `snapshots` are of those that were not watched before. */
  async watch(runIds: string[]): Promise<Watched> {
    const wanted = new Set(runIds);
    this.unwatch([...this.watches.keys()].filter((id) => !wanted.has(id)));
    const failed = new Map<string, unknown>();
    const added = [...wanted].filter((id) => !this.watches.has(id));
    const begun = await Promise.all(added.map((id) => this.begin(id, (error) => failed.set(id, error))));
    // Released together and at once: a delta sent before its history would be lost on the page.
    return { snapshots: begun.flatMap((beginning) => this.release(beginning)), failed };
  }

  unwatch(runIds: Iterable<string>): void {
    for (const id of runIds) {
      this.forget(id);
    }
  }

  /** The page went away. */
  unwatchAll(): void {
    this.unwatch([...this.watches.keys()]);
  }

  receive(delta: MetricsDelta): void {
    const watch = this.watches.get(delta.runId);
    if (watch === undefined) {
      return;
    }
    if (delta.resync) {
      void this.renew(delta.runId);
    } else if (watch.held !== undefined) {
      watch.held.push(delta);
    } else {
      this.appended.fire(delta);
    }
  }

  /** A new daemon knows of no subscription: ask again for all of them. */
  async reconnect(): Promise<void> {
    await Promise.all([...this.watches.keys()].map((id) => this.renew(id)));
  }

  private async renew(runId: string): Promise<void> {
    const beginning = await this.begin(runId, (error) => this.onError(runId, error));
    for (const snapshot of this.release(beginning)) {
      this.hydrated.fire(snapshot);
    }
  }

  private async begin(runId: string, onError: (error: unknown) => void): Promise<Beginning | undefined> {
    const watch: Watch = { held: [] };
    this.watches.set(runId, watch);
    try {
      return { watch, snapshot: await this.source.subscribe(runId) };
    } catch (error) {
      if (this.watches.get(runId) === watch) {
        this.watches.delete(runId);
      }
      onError(error);
      return undefined;
    }
  }

  /** From here on deltas go straight through. Nothing comes of a watch that was ended or replaced meanwhile. */
  private release(beginning: Beginning | undefined): MetricsSnapshot[] {
    if (beginning === undefined) {
      return [];
    }
    const { watch, snapshot } = beginning;
    const current = this.watches.get(snapshot.runId);
    if (current !== watch) {
      if (current === undefined) {
        this.forget(snapshot.runId);
      }
      return [];
    }
    const whole = extended(snapshot, watch.held ?? []);
    watch.held = undefined;
    return [whole];
  }

  private forget(runId: string): void {
    this.watches.delete(runId);
    this.source.unsubscribe(runId).catch((error) => this.onError(runId, error));
  }
}
