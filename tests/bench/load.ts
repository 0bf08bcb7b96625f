/** What goes on in a daemon while somebody types: four runs stream, and long logs are opened one after another. */
import { execFileSync } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DAEMON_PYTHON, ROOT, SAMPLES } from "../../.ci/setup/paths.mjs";
import type { LanguageServer } from "./languageServer.ts";
import { Streams } from "./streams.ts";

const POINTS = 1_000_000;
const TAGS = 50;
/** More than the metrics process keeps once they are closed, so that each is read from its first byte. */
const LOGS = 12;

export class Load {
  /** The workspace that runs and recipes lie in. */
  readonly folder: string;
  opened = 0;
  private readonly streams: Streams;
  private readonly logs: string[];
  private stopped = false;
  private opening: Promise<void> = Promise.resolve();

  constructor() {
    this.streams = new Streams();
    this.folder = this.streams.folder;
    symlinkSync(join(SAMPLES, "models"), join(this.folder, "models"));
    symlinkSync(join(SAMPLES, "sentiment", "data"), join(this.folder, "data"));
    const script = join(ROOT, "tests", "bench", "write_ended_runs.py");
    const args = [script, this.folder, ...[LOGS, POINTS, TAGS].map(String)];
    this.logs = execFileSync(DAEMON_PYTHON, args, { encoding: "utf8" }).trim().split("\n");
  }

  /** Writes a recipe into the workspace. */
  write(name: string, text: string): string {
    const file = join(this.folder, name);
    writeFileSync(file, text);
    return file;
  }

  /** From now on `daemon` follows the four runs and opens the logs, until `release`. */
  async putOn(daemon: LanguageServer): Promise<void> {
    this.stopped = false;
    for (const runId of this.streams.runs) await daemon.request("tunesmith/metrics/subscribe", { runId });
    this.opening = this.openLogs(daemon);
  }

  /** Resolves when the log that is being opened is read. */
  async release(): Promise<void> {
    this.stopped = true;
    await this.opening;
  }

  async stop(): Promise<void> {
    await this.streams.stop();
  }

  private async openLogs(daemon: LanguageServer): Promise<void> {
    while (!this.stopped) {
      const runId = this.logs[this.opened % this.logs.length];
      await daemon.request("tunesmith/metrics/subscribe", { runId });
      await daemon.request("tunesmith/metrics/unsubscribe", { runId });
      this.opened += 1;
    }
  }
}
