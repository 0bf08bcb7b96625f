// Requests with replies, and events, over postMessage. An error is a reply too.

export type RequestMap = { [name: string]: [params: unknown, result: unknown] } | object;

export type Envelope =
  | { kind: "request"; id: number; name: string; params: unknown }
  | { kind: "reply"; id: number; result: unknown }
  | { kind: "error"; id: number; message: string }
  | { kind: "event"; name: string; params: unknown };

type Params<M, K extends keyof M> = M[K] extends [infer P, unknown] ? P : never;
type Result<M, K extends keyof M> = M[K] extends [unknown, infer R] ? R : never;

/** One handler for every request of the map: a missing one does not compile. */
export type Handlers<M> = { [K in keyof M]: (params: Params<M, K>) => Promise<Result<M, K>> };

export type Listeners<E> = { [K in keyof E]: (params: E[K]) => void };

/** The end that asks: sends requests, receives replies and events. */
export class Caller<M extends RequestMap, E extends object> {
  /** Begins elsewhere in every page: a late reply to a page that was thrown away answers nobody in the next one. */
  private next = Math.floor(Math.random() * 2 ** 40);
  private readonly waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();

  constructor(
    private readonly post: (message: Envelope) => void,
    private readonly listeners: Listeners<E>,
  ) {}

  request<K extends keyof M & string>(name: K, params: Params<M, K>): Promise<Result<M, K>> {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.post({ kind: "request", id, name, params });
    });
  }

  receive(message: Envelope): void {
    if (message.kind === "event") {
      const listener = this.listeners[message.name as keyof E];
      listener?.(message.params as E[keyof E]);
      return;
    }
    if (message.kind === "request") {
      return;
    }
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.kind === "reply") {
      waiting?.resolve(message.result);
    } else {
      waiting?.reject(new Error(message.message));
    }
  }
}

/** The end that answers: receives requests, sends replies and events. */
export class Responder<M extends RequestMap, E extends object> {
  constructor(
    private readonly post: (message: Envelope) => void,
    private readonly handlers: Handlers<M>,
    private readonly onError: (name: string, error: unknown) => void,
  ) {}

  send<K extends keyof E & string>(name: K, params: E[K]): void {
    this.post({ kind: "event", name, params });
  }

  async receive(message: Envelope): Promise<void> {
    if (message.kind !== "request") {
      return;
    }
    const { id, name, params } = message;
    try {
      const handler = this.handlers[name as keyof M] as ((params: unknown) => Promise<unknown>) | undefined;
      if (!handler) {
        throw new Error(`No request is named "${name}".`);
      }
      this.post({ kind: "reply", id, result: await handler(params) });
    } catch (error) {
      this.onError(name, error);
      this.post({ kind: "error", id, message: error instanceof Error ? error.message : String(error) });
    }
  }
}
