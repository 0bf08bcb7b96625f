import { cpus, homedir, hostname, release, totalmem, userInfo } from "node:os";
import * as vscode from "vscode";
import { runLabel } from "../../shared/format";
import type { Ctx } from "../ctx";
import { type Facts, type Titles, toMarkdown } from "../diagnostics/document";
import { redact } from "../diagnostics/redact";
import { logTails } from "../diagnostics/tails";
import { userLogs } from "../environment/userFolders";
import type { Run } from "../protocol.gen";

const SHOWN_RUNS = 5;
/** They name nobody, and are words of other meanings. */
const NOBODY = new Set(["root", "user", "admin", "vscode", "localhost"]);

/** Opens a document that says all that helps to find out what is wrong, and nothing that must stay secret. */
export async function collectDiagnostics(ctx: Ctx): Promise<void> {
  const title = vscode.l10n.t("Collecting diagnostics");
  const options = { location: vscode.ProgressLocation.Window, title };
  const text = await vscode.window.withProgress(options, async () => toMarkdown(await gather(ctx), titles()));
  const content = redact(text, { home: homedir(), names: names() });
  const document = await vscode.workspace.openTextDocument({ language: "markdown", content });
  await vscode.window.showTextDocument(document, { viewColumn: ctx.dashboard.textColumn() });
}

function names(): Record<string, string> {
  const known = { [userInfo().username]: "<user>", [hostname()]: "<host>" };
  return Object.fromEntries(Object.entries(known).filter(([name]) => !NOBODY.has(name)));
}

async function gather(ctx: Ctx): Promise<Facts> {
  const runs = [...ctx.runs.all()].sort((a, b) => b.created - a.created).slice(0, SHOWN_RUNS);
  return {
    versions: versions(),
    settings: settings(),
    daemon: await daemonFacts(ctx),
    training: trainingFacts(ctx),
    runs: runs.map((run) => ({ name: runLabel(run), facts: runFacts(run) })),
    logs: await logTails(userLogs(), runs),
  };
}

function versions(): Record<string, string> {
  const { version } = vscode.extensions.getExtension("tunesmith.tunesmith")?.packageJSON ?? {};
  return {
    Tunesmith: String(version),
    [vscode.env.appName]: vscode.version,
    [vscode.l10n.t("Remote")]: remote(),
    Node: process.versions.node,
    [vscode.l10n.t("System")]: `${process.platform} ${release()} ${process.arch}`,
    [vscode.l10n.t("Processors")]: String(cpus().length),
    [vscode.l10n.t("Memory")]: `${(totalmem() / 1e9).toFixed(1)} GB`,
    [vscode.l10n.t("Workspace trusted")]: String(vscode.workspace.isTrusted),
  };
}

/** Its kind; a browser's is the name of a machine. */
function remote(): string {
  const { remoteName } = vscode.env;
  if (remoteName === undefined) {
    return vscode.l10n.t("none");
  }
  return /^[a-z-]+$/.test(remoteName) ? remoteName : vscode.l10n.t("browser");
}

function settings(): Record<string, unknown> {
  const { version: _, ...ours } = { ...vscode.workspace.getConfiguration("tunesmith") } as Record<
    string,
    unknown
  >;
  return Object.fromEntries(Object.entries(ours).filter(([, value]) => typeof value !== "function"));
}

async function daemonFacts({ daemon, environment }: Ctx): Promise<Record<string, string>> {
  const { state } = daemon;
  const python = await environment.known();
  return {
    [vscode.l10n.t("State")]: state.kind === "failed" ? `${state.kind}: ${state.error.message}` : state.kind,
    Python: python ?? vscode.l10n.t("none"),
  };
}

function trainingFacts({ status: { value } }: Ctx): Record<string, string> {
  return {
    [vscode.l10n.t("Interpreter")]: value?.interpreter ?? vscode.l10n.t("none"),
    ...value?.packages,
    ...(value?.message ? { [vscode.l10n.t("Trouble")]: value.message } : {}),
    [vscode.l10n.t("Rules run")]: String(value?.rulesRun ?? 0),
    [vscode.l10n.t("Rules waiting")]: [value?.rulesWaiting ?? 0, ...(value?.waitingFor ?? [])].join(", "),
  };
}

function runFacts(run: Run): Record<string, string> {
  return {
    id: run.id,
    [vscode.l10n.t("State")]: [run.state, run.phase, run.cause].filter(Boolean).join(", "),
    [vscode.l10n.t("Cause")]: run.message ?? vscode.l10n.t("none"),
    [vscode.l10n.t("Step")]: `${run.step} / ${run.totalSteps ?? "?"}`,
    [vscode.l10n.t("Ranks")]: String(run.worldSize ?? "?"),
  };
}

function titles(): Titles {
  return {
    title: vscode.l10n.t("Tunesmith diagnostics"),
    note: vscode.l10n.t(
      "Your home folder, your name, and what looks like a token, key or password were taken out. Read it before you share it.",
    ),
    versions: vscode.l10n.t("Versions"),
    settings: vscode.l10n.t("Settings"),
    daemon: vscode.l10n.t("Daemon"),
    training: vscode.l10n.t("Training interpreter"),
    runs: vscode.l10n.t("Last runs"),
    logs: vscode.l10n.t("Logs"),
    none: vscode.l10n.t("None."),
  };
}
