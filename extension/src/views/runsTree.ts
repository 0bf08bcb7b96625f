import * as vscode from "vscode";
import { count, runLabel } from "../../shared/format";
import { Emitter } from "../emitter";
import { type GroupKey, grouped, groupOf } from "../models/groups";
import type { RunsEvent, RunsModel } from "../models/runs";
import type { Rank, Run } from "../protocol.gen";
import { rankIcon, runIcon } from "./icons";
import { rankDescription, usage } from "./rankWords";
import { description, stateWord, tooltip } from "./words";

export class GroupNode {
  constructor(
    readonly key: GroupKey,
    readonly runs: RunNode[],
  ) {}
}

export class RunNode {
  parent: GroupNode | undefined;
  ranks: RankNode[] = [];

  constructor(readonly id: string) {}
}

/** One training process of a run that has several. */
export class RankNode {
  constructor(
    readonly run: RunNode,
    readonly number: number,
  ) {}
}

export type Node = GroupNode | RunNode | RankNode;

/** Running, then the days. A run that only moved on redraws its own row. */
class RunsTree implements vscode.TreeDataProvider<Node> {
  private readonly changed = new Emitter<Node | undefined>();
  private readonly nodes = new Map<string, RunNode>();
  readonly onDidChangeTreeData = this.changed.on;

  constructor(
    private readonly runs: RunsModel,
    private readonly listed: Promise<void>,
    private readonly extension: vscode.Uri,
  ) {}

  async getChildren(node?: Node): Promise<Node[]> {
    if (node === undefined) {
      // "No runs yet" may only be said once the list has come.
      await this.listed;
      return grouped(this.runs.all(), new Date()).map((group) => this.groupNode(group.key, group.runs));
    }
    if (node instanceof RunNode) {
      return this.rankNodes(node);
    }
    return node instanceof GroupNode ? node.runs : [];
  }

  getParent(node: Node): Node | undefined {
    if (node instanceof RankNode) {
      return node.run;
    }
    return node instanceof RunNode ? node.parent : undefined;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node instanceof GroupNode) {
      return groupItem(node);
    }
    if (node instanceof RankNode) {
      return this.rankItem(node);
    }
    const run = this.runs.get(node.id);
    return run === undefined ? new vscode.TreeItem(node.id) : this.runItem(run);
  }

  node(id: string): RunNode {
    const node = this.nodes.get(id) ?? new RunNode(id);
    this.nodes.set(id, node);
    return node;
  }

  refresh({ changes, removed }: RunsEvent): void {
    const now = new Date();
    const moved = changes.some(
      ({ before, after }) => before === undefined || groupOf(before, now) !== groupOf(after, now),
    );
    for (const id of removed) {
      this.nodes.delete(id);
    }
    if (moved || removed.length > 0) {
      this.changed.fire(undefined);
      return;
    }
    for (const { after } of changes) {
      this.changed.fire(this.node(after.id));
    }
  }

  private groupNode(key: GroupKey, runs: Run[]): GroupNode {
    const group = new GroupNode(
      key,
      runs.map((run) => this.node(run.id)),
    );
    for (const node of group.runs) {
      node.parent = group;
    }
    return group;
  }

  /** Of a run with several ranks; the same nodes again and again, so that a selection stays. */
  private rankNodes(node: RunNode): RankNode[] {
    const ranks = ranksOf(this.runs.get(node.id));
    node.ranks = ranks.map(
      ({ number }) => node.ranks.find((known) => known.number === number) ?? new RankNode(node, number),
    );
    return node.ranks;
  }

  private rankItem(node: RankNode): vscode.TreeItem {
    const item = new vscode.TreeItem(vscode.l10n.t("rank {0}", node.number));
    const rank = this.runs.get(node.run.id)?.ranks.find(({ number }) => number === node.number);
    if (rank !== undefined) {
      item.id = `${node.run.id}/rank-${node.number}`;
      item.description = rankDescription(rank);
      item.iconPath = rankIcon(rank);
      item.tooltip = [item.label, vscode.l10n.t("process {0}", rank.pid), ...usage(rank), rank.error ?? ""]
        .filter(Boolean)
        .join("\n");
      item.contextValue = rankMenuKind(rank);
      item.accessibilityInformation = { label: `${item.label}, ${item.description}` };
      item.command = { command: "tunesmith.openSelectedRank", title: vscode.l10n.t("Show Log") };
    }
    return item;
  }

  private runItem(run: Run): vscode.TreeItem {
    const { Collapsed, None } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(runLabel(run), ranksOf(run).length > 0 ? Collapsed : None);
    item.id = run.id;
    item.description = description(run);
    item.iconPath = runIcon(run, this.extension);
    item.tooltip = tooltip(run, Date.now() / 1000);
    item.contextValue = menuKind(run);
    item.accessibilityInformation = { label: `${runLabel(run)}, ${stateWord(run)}, ${item.description}` };
    item.command = { command: "tunesmith.openSelectedRun", title: vscode.l10n.t("Open Dashboard") };
    return item;
  }
}

/** What the menus of package.json tell apart. */
function menuKind(run: Run): "run.running" | "run.stopping" | "run.failed" | "run.other" {
  if (run.state !== "running") {
    return run.ranks.some(({ traceback }) => traceback !== null) ? "run.failed" : "run.other";
  }
  return run.phase === "stopping" ? "run.stopping" : "run.running";
}

function rankMenuKind(rank: Rank): "rank.failed" | "rank.other" {
  return rank.traceback === null ? "rank.other" : "rank.failed";
}

/** One process alone is the run: only several are told apart. */
function ranksOf(run: Run | undefined): Rank[] {
  return run !== undefined && run.ranks.length > 1 ? run.ranks : [];
}

function groupItem(group: GroupNode): vscode.TreeItem {
  const names: Record<GroupKey, string> = {
    running: vscode.l10n.t("Running"),
    queued: vscode.l10n.t("Queued"),
    today: vscode.l10n.t("Today"),
    yesterday: vscode.l10n.t("Yesterday"),
    earlier: vscode.l10n.t("Earlier"),
  };
  const item = new vscode.TreeItem(names[group.key], vscode.TreeItemCollapsibleState.Expanded);
  item.id = `group.${group.key}`;
  item.description = count(group.runs.length);
  item.contextValue = "group";
  return item;
}

/** The view "Runs", its badge, and a way to show one run in it. */
export class RunsView implements vscode.Disposable {
  private readonly tree: RunsTree;
  private readonly view: vscode.TreeView<Node>;
  private readonly listening: { dispose(): void };

  constructor(
    private readonly runs: RunsModel,
    listed: Promise<void>,
    extension: vscode.Uri,
  ) {
    this.tree = new RunsTree(runs, listed, extension);
    this.view = vscode.window.createTreeView("tunesmith.runs", { treeDataProvider: this.tree });
    this.listening = runs.onChange((event) => {
      this.tree.refresh(event);
      this.countRunning();
    });
  }

  /** Selects the run when the view is open; opens nothing by itself. */
  async reveal(id: string): Promise<void> {
    if (this.view.visible) {
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

  private countRunning(): void {
    const running = this.runs.running().length;
    const text =
      running === 1 ? vscode.l10n.t("1 run is running") : vscode.l10n.t("{0} runs are running", running);
    this.view.badge = running === 0 ? undefined : { value: running, tooltip: text };
  }
}
