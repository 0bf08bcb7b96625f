import type * as vscode from "vscode";
import { defaultView, type ViewSettings } from "../../shared/messages";

interface Kept {
  view: ViewSettings;
  drawn: string[];
  focused: string | null;
}

const KEY = "tunesmith.dashboard";

/** What the dashboard remembers of a workspace: its settings, and which runs are drawn. */
export class DashboardView {
  constructor(private readonly memento: vscode.Memento) {}

  get(): Kept {
    const kept = this.memento.get<Partial<Kept>>(KEY) ?? {};
    return {
      view: { ...defaultView, ...kept.view },
      drawn: kept.drawn ?? [],
      focused: kept.focused ?? null,
    };
  }

  async set(change: Partial<Kept>): Promise<void> {
    await this.memento.update(KEY, { ...this.get(), ...change });
  }
}
