import * as vscode from "vscode";
import { Emitter } from "../emitter";
import { chosen } from "../models/choice";
import type { ChoiceModel } from "../models/choiceModel";
import { type Group, grouped } from "../models/groups";
import type { RunsEvent, RunsModel } from "../models/runs";
import type { UsageHistory } from "../models/usage";
import type { Run } from "../protocol.gen";
import { groupItem, rankItem, runItem, runTooltip, shownRanks } from "./items";

export class GroupNode {
  constructor(
    readonly group: Group,
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

/** Milliseconds between two drawings of a row that only counts on: each hides what the pointer rests on. */
const STEADY = 3000;
/** Milliseconds in which a hover is read: a row that is drawn anew takes it away. */
const READING = 8000;

/** The chosen runs in their sections. A run that only moved on redraws its own row. */
export class RunsTree implements vscode.TreeDataProvider<Node> {
  private readonly changed = new Emitter<Node | undefined>();
  private readonly nodes = new Map<string, RunNode>();
  private readonly drawn = new Map<string, { kind: string; at: number }>();
  private readonly late = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private hovered = 0;
  private selectedRows = 0;
  private groups: Group[] = [];
  readonly onDidChangeTreeData = this.changed.on;

  constructor(
    private readonly runs: RunsModel,
    private readonly choice: ChoiceModel,
    private readonly uses: UsageHistory,
    private readonly listed: Promise<void>,
    private readonly extension: vscode.Uri,
  ) {}

  async getChildren(node?: Node): Promise<Node[]> {
    if (node === undefined) {
      // "No runs yet" may only be said once the list has come.
      await this.listed;
      this.groups = this.laidOut();
      return this.groups.map((group) => this.groupNode(group));
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
      return groupItem(node.group);
    }
    const run = this.runs.get(node instanceof RankNode ? node.run.id : node.id);
    if (node instanceof RunNode) {
      if (run === undefined) {
        return new vscode.TreeItem(node.id);
      }
      this.drawn.set(run.id, { kind: kindOf(run), at: Date.now() });
      return runItem(run, this.extension);
    }
    const rank = run?.ranks.find(({ number }) => number === node.number);
    return run === undefined || rank === undefined ? new vscode.TreeItem("") : rankItem(run, rank);
  }

  /** Asked for when the pointer rests on a row. */
  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    this.hovered = Date.now();
    const run = node instanceof RunNode ? this.runs.get(node.id) : undefined;
    if (run !== undefined) {
      item.tooltip = runTooltip(run, this.uses.of(run.id));
    }
    return item;
  }

  select(rows: number): void {
    this.selectedRows = rows;
  }

  node(id: string): RunNode {
    const node = this.nodes.get(id) ?? new RunNode(id);
    this.nodes.set(id, node);
    return node;
  }

  /** Whether the run has a row. */
  shows(id: string): boolean {
    return this.groups.some(({ runs }) => runs.some((run) => run.id === id));
  }

  refresh({ changes, removed }: RunsEvent): void {
    for (const id of removed) {
      this.nodes.delete(id);
      this.drawn.delete(id);
    }
    const groups = this.laidOut();
    if (places(groups) !== places(this.groups)) {
      this.redraw();
      return;
    }
    this.groups = groups;
    for (const { after } of changes) {
      if (this.shows(after.id)) {
        this.draw(after);
      }
    }
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  /** At once what changed in kind, now and then what only counts on. */
  private draw(run: Run): void {
    const { kind, at } = this.drawn.get(run.id) ?? { kind: "", at: 0 };
    if (kind === kindOf(run) && (Date.now() - at < STEADY || this.isRead())) {
      this.late.add(run.id);
      this.timer ??= setTimeout(() => this.drawLate(), STEADY);
      return;
    }
    this.late.delete(run.id);
    // VS Code takes the mark off the selected rows below one that is drawn alone, and they stay selected unseen.
    this.changed.fire(this.selectedRows > 1 ? undefined : this.node(run.id));
  }

  private isRead(): boolean {
    return Date.now() - this.hovered < READING;
  }

  private drawLate(): void {
    this.timer = this.isRead() ? setTimeout(() => this.drawLate(), STEADY) : undefined;
    if (this.timer !== undefined) {
      return;
    }
    for (const id of this.late) {
      const run = this.shows(id) ? this.runs.get(id) : undefined;
      if (run !== undefined) {
        this.drawn.delete(id);
        this.draw(run);
      }
    }
    this.late.clear();
  }

  redraw(): void {
    this.groups = this.laidOut();
    this.changed.fire(undefined);
  }

  private laidOut(): Group[] {
    const choice = this.choice.value;
    return grouped(chosen(this.runs.all(), choice), new Date(), choice);
  }

  private groupNode(group: Group): GroupNode {
    const node = new GroupNode(
      group,
      group.runs.map((run) => this.node(run.id)),
    );
    for (const run of node.runs) {
      run.parent = node;
    }
    return node;
  }

  /** Of a run with several ranks; the same nodes again and again, so that a selection stays. */
  private rankNodes(node: RunNode): RankNode[] {
    node.ranks = shownRanks(this.runs.get(node.id)).map(
      ({ number }) => node.ranks.find((known) => known.number === number) ?? new RankNode(node, number),
    );
    return node.ranks;
  }
}

/** What a row tells besides its figures. */
function kindOf({ state, phase, cause, supervised, message, note, tags, ranks }: Run): string {
  const ended = ranks.map(({ alive, traceback }) => [alive, traceback]);
  return JSON.stringify([state, phase, cause, supervised, message, note, tags, ended]);
}

/** Which run stands where. */
function places(groups: Group[]): string {
  return groups.map(({ id, runs }) => [id, ...runs.map((run) => run.id)].join(" ")).join("\n");
}
