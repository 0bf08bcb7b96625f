import * as vscode from "vscode";
import { chosen, isFiltered } from "../models/choice";
import type { ChoiceModel } from "../models/choiceModel";
import type { RunsModel } from "../models/runs";
import type { UsageHistory } from "../models/usage";
import { choiceWords } from "./choiceWords";
import { type Node, RankNode, RunNode, RunsTree } from "./runsTree";

/** The view "Runs", what it says of its filter, its badge, and a way to show one run in it. */
export class RunsView implements vscode.Disposable {
  private readonly tree: RunsTree;
  private readonly view: vscode.TreeView<Node>;
  private readonly listening: vscode.Disposable;
  private readonly told = new Map<string, boolean>();

  constructor(
    private readonly runs: RunsModel,
    private readonly choice: ChoiceModel,
    uses: UsageHistory,
    listed: Promise<void>,
    extension: vscode.Uri,
  ) {
    this.tree = new RunsTree(runs, choice, uses, listed, extension);
    this.view = vscode.window.createTreeView("tunesmith.runs", {
      treeDataProvider: this.tree,
      canSelectMany: true,
    });
    this.listening = vscode.Disposable.from(
      this.tree,
      this.view.onDidChangeSelection(({ selection }) => this.tree.select(selection.length)),
      runs.onChange((event) => {
        this.tree.refresh(event);
        this.describe();
        this.countRunning();
      }),
      choice.onChange(() => {
        this.tree.redraw();
        this.describe();
      }),
    );
    this.describe();
  }

  /** Selects the run when the view is open; opens nothing by itself, and shows nothing that is filtered out. */
  async reveal(id: string): Promise<void> {
    if (this.view.visible && this.tree.shows(id)) {
      await this.view.reveal(this.tree.node(id), { select: true, focus: false });
    }
  }

  /** The id of the run whose row is selected. */
  selected(): string | undefined {
    return this.view.selection.find((node) => node instanceof RunNode)?.id;
  }

  /** The rank whose row is selected. */
  selectedRank(): RankNode | undefined {
    return this.view.selection.find((node) => node instanceof RankNode);
  }

  dispose(): void {
    this.listening.dispose();
    this.view.dispose();
  }

  /**
   * Over the rows: what is left out, and the order, when they are not the usual ones. The title of a view that
   * stands alone hides its description, and what is said of an empty view is hidden by a message.
   */
  private describe(): void {
    const choice = this.choice.value;
    const all = this.runs.all();
    const shown = chosen(all, choice).length;
    const message = shown === 0 ? undefined : choiceWords(choice, shown, all.length);
    // Setting it lays the view out anew, and that takes a hover away.
    if (this.view.message !== message) {
      this.view.message = message;
    }
    this.tell("filtered", isFiltered(choice));
    this.tell("byRecipe", choice.byRecipe);
  }

  /** For the `when` clauses of package.json. */
  private tell(name: string, value: boolean): void {
    if (this.told.get(name) !== value) {
      this.told.set(name, value);
      void vscode.commands.executeCommand("setContext", `tunesmith.${name}`, value);
    }
  }

  private countRunning(): void {
    const running = this.runs.running().length;
    if (running === (this.view.badge?.value ?? 0)) {
      return;
    }
    const text =
      running === 1 ? vscode.l10n.t("1 run is running") : vscode.l10n.t("{0} runs are running", running);
    this.view.badge = running === 0 ? undefined : { value: running, tooltip: text };
  }
}
