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
  version?: number;
  diagnostics: unknown[];
}

export interface Position {
  line: number;
  character: number;
}

export interface Change {
  range: { start: Position; end: Position };
  text: string;
}

/** An open document. `publishes`: how often diagnostics of it came since it was opened. */
interface OpenDocument {
  version: number;
  publishes: number;
  answered?: (at: number) => void;
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
  private versioned = false;
  private readonly documents = new Map<string, OpenDocument>();

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
    this.documents.set(uri, { version: 1, publishes: 0 });
    await this.connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "yaml", version: 1, text },
    });
    if (this.pulls) void this.pull(uri);
    return (await soon(arrived, `${uri} got no diagnostic`)) - this.started;
  }

  /** Changes the document; resolves with the milliseconds until its diagnostics for this version came. */
  async change(file: string, change: Change): Promise<number> {
    const { uri, document } = this.opened(file);
    const answered = new Promise<number>((resolve) => {
      document.answered = resolve;
    });
    const began = performance.now();
    await this.sendChange(uri, document, change);
    return (await soon(answered, `version ${document.version} of ${uri} got no diagnostics`)) - began;
  }

  /** Changes the document and asks for completions there, as an editor does; milliseconds until the reply. */
  async complete(file: string, change: Change, position: Position): Promise<number> {
    const { uri, document } = this.opened(file);
    const began = performance.now();
    const changed = this.sendChange(uri, document, change);
    const reply = this.request("textDocument/completion", {
      textDocument: { uri },
      position,
      context: { triggerKind: 1 },
    });
    await changed;
    await soon(reply, `${uri} got no completions`);
    return performance.now() - began;
  }

  /** Whether its diagnostics say which version of the text they are about. */
  get namesVersions(): boolean {
    return this.versioned;
  }

  /** How often diagnostics of the document came since it was opened. */
  publishes(file: string): number {
    return this.opened(file).document.publishes;
  }

  request<T>(method: string, params: unknown): Promise<T> {
    return this.connection.sendRequest<T>(method, params);
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

  private opened(file: string): { uri: string; document: OpenDocument } {
    const uri = pathToFileURL(file).href;
    const document = this.documents.get(uri);
    if (!document) throw new Error(`${file} is not open`);
    return { uri, document };
  }

  private sendChange(uri: string, document: OpenDocument, change: Change): Promise<void> {
    document.version += 1;
    return this.connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version: document.version },
      contentChanges: [change],
    });
  }

  private async pull(uri: string): Promise<void> {
    const reply = await this.connection.sendRequest("textDocument/diagnostic", { textDocument: { uri } });
    this.receive({ uri, diagnostics: (reply as { items?: unknown[] }).items ?? [] });
  }

  private receive({ uri, version, diagnostics }: Diagnostics): void {
    const now = performance.now();
    if (diagnostics.length > 0) this.waiting.get(uri)?.(now);
    const document = this.documents.get(uri);
    if (!document) return;
    document.publishes += 1;
    this.versioned ||= version !== undefined;
    if (version === undefined || version === document.version) document.answered?.(now);
  }
}

function soon<T>(promise: Promise<T>, otherwise: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${otherwise} within ${WITHIN_MS / 1000} s`)), WITHIN_MS);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
