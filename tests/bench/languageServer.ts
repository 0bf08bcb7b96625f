/** A language server over stdio, seen from outside: when it answers, and when a document has diagnostics. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { createMessageConnection, type MessageConnection } from "vscode-jsonrpc/node";

export interface ServerKind {
  name: string;
  command: string;
  args: string[];
  env?: Record<string, string>;
  initializationOptions?: unknown;
  /** What it gets when it asks for `workspace/configuration`, by section. */
  configuration?: Record<string, unknown>;
}

const WITHIN_MS = 60_000;

interface Diagnostics {
  uri: string;
  diagnostics: unknown[];
}

export class LanguageServer {
  /** Milliseconds from the start of the process to its reply to `initialize`. */
  readonly initialized: number;
  readonly pid: number;
  private readonly started: number;
  private readonly child: ChildProcess;
  private readonly connection: MessageConnection;
  private readonly pulls: boolean;
  private readonly waiting = new Map<string, (at: number) => void>();

  private constructor(started: number, child: ChildProcess, connection: MessageConnection, pulls: boolean) {
    this.initialized = performance.now() - started;
    this.started = started;
    this.child = child;
    this.connection = connection;
    this.pulls = pulls;
    this.pid = child.pid ?? 0;
    connection.onNotification("textDocument/publishDiagnostics", (params: Diagnostics) =>
      this.receive(params),
    );
  }

  static async start(kind: ServerKind, folder: string): Promise<LanguageServer> {
    const started = performance.now();
    const child = spawn(kind.command, kind.args, {
      cwd: folder,
      env: { ...process.env, ...kind.env },
      stdio: ["pipe", "pipe", "ignore"],
    });
    const connection = createMessageConnection(child.stdout, child.stdin);
    connection.onRequest("workspace/configuration", ({ items }: { items: { section?: string }[] }) =>
      items.map(({ section }) => kind.configuration?.[section ?? ""] ?? null),
    );
    connection.onRequest(() => null);
    connection.listen();
    const uri = pathToFileURL(folder).href;
    const reply = (await connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri: uri,
      workspaceFolders: [{ uri, name: "bench" }],
      capabilities: {
        textDocument: { publishDiagnostics: {}, synchronization: {} },
        workspace: { configuration: true, didChangeConfiguration: {} },
      },
      initializationOptions: kind.initializationOptions,
    })) as { capabilities: { diagnosticProvider?: unknown } };
    const pulls = reply.capabilities.diagnosticProvider !== undefined;
    const server = new LanguageServer(started, child, connection, pulls);
    await connection.sendNotification("initialized", {});
    await connection.sendNotification("workspace/didChangeConfiguration", {
      settings: kind.configuration ?? {},
    });
    return server;
  }

  /** Opens the file; resolves with the milliseconds since the start at which it had its first diagnostic. */
  async open(file: string): Promise<number> {
    const uri = pathToFileURL(file).href;
    const arrived = new Promise<number>((resolve) => this.waiting.set(uri, resolve));
    const text = readFileSync(file, "utf8");
    await this.connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "yaml", version: 1, text },
    });
    if (this.pulls) void this.pull(uri);
    return (await soon(arrived, `${uri} got no diagnostic`)) - this.started;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    await soon(this.connection.sendRequest("shutdown"), "no reply to shutdown").catch(() => {});
    await this.connection.sendNotification("exit").catch(() => {});
    const timer = setTimeout(() => this.child.kill("SIGKILL"), 5000);
    await ended;
    clearTimeout(timer);
    this.connection.dispose();
  }

  private async pull(uri: string): Promise<void> {
    const reply = await this.connection.sendRequest("textDocument/diagnostic", { textDocument: { uri } });
    this.receive({ uri, diagnostics: (reply as { items?: unknown[] }).items ?? [] });
  }

  private receive({ uri, diagnostics }: Diagnostics): void {
    if (diagnostics.length > 0) this.waiting.get(uri)?.(performance.now());
  }
}

function soon<T>(promise: Promise<T>, otherwise: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${otherwise} within ${WITHIN_MS / 1000} s`)), WITHIN_MS);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
