// What the ranks of living runs used lately: the little curves of the tree's tooltips.
import { isAlive } from "../../shared/run";
import type { Run } from "../protocol.gen";
import type { RunsEvent, RunsModel } from "./runs";

/** All ranks together; null: nothing tells. */
export interface Use {
  cpuPercent: number | null;
  memory: number | null;
  gpuPercent: number | null;
  gpuMemory: number | null;
}

const FIGURES = ["cpuPercent", "memory", "gpuPercent", "gpuMemory"] as const;
/** As often as a supervisor looks, and for five minutes. */
const SECONDS = 5;
const MOST = 60;

/** Remembers while the window looks on; what has ended is forgotten. */
export class UsageHistory {
  private readonly byRun = new Map<string, { at: number; uses: Use[] }>();
  private readonly listening: { dispose(): void };

  constructor(
    runs: RunsModel,
    private readonly now: () => number = () => Date.now() / 1000,
  ) {
    this.listening = runs.onChange((event) => this.take(event));
  }

  /** Oldest first. */
  of(id: string): Use[] {
    return this.byRun.get(id)?.uses ?? [];
  }

  dispose(): void {
    this.listening.dispose();
  }

  private take({ changes, removed }: RunsEvent): void {
    for (const id of removed) {
      this.byRun.delete(id);
    }
    for (const { after } of changes) {
      if (isAlive(after)) {
        this.add(after);
      } else {
        this.byRun.delete(after.id);
      }
    }
  }

  private add(run: Run): void {
    const use = used(run);
    const known = this.byRun.get(run.id) ?? { at: -Infinity, uses: [] };
    const last = known.uses.at(-1);
    const news = last === undefined || FIGURES.some((figure) => last[figure] !== use[figure]);
    if (FIGURES.every((figure) => use[figure] === null) || (!news && this.now() - known.at < SECONDS)) {
      return;
    }
    this.byRun.set(run.id, { at: this.now(), uses: [...known.uses, use].slice(-MOST) });
  }
}

function used({ ranks }: Run): Use {
  const sum = (figure: (typeof FIGURES)[number]): number | null => {
    const known = ranks.map((rank) => rank[figure]).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
  };
  return {
    cpuPercent: sum("cpuPercent"),
    memory: sum("memory"),
    gpuPercent: sum("gpuPercent"),
    gpuMemory: sum("gpuMemory"),
  };
}

const BARS = "▁▂▃▄▅▆▇█";

/** "▁▃▅█": `width` bars from 0 to the largest value; a space where nothing was told. */
export function sparkline(values: (number | null)[], width = 24): string {
  const last = values.slice(-width);
  const most = Math.max(...last.map((value) => value ?? 0));
  return last
    .map((value) => (value === null ? " " : BARS[most <= 0 ? 0 : Math.round((value / most) * 7)]))
    .join("");
}
