import { describe, expect, it } from "vitest";
import { Caller, type Envelope, type Handlers, Responder } from "../../../extension/shared/rpc";

interface Requests {
  double: [params: { value: number }, result: number];
  fail: [params: Record<string, never>, result: never];
}

interface Events {
  tick: { count: number };
}

const handlers: Handlers<Requests> = {
  double: async ({ value }) => 2 * value,
  fail: async () => {
    throw new Error("The disk is full.");
  },
};

/** Both ends, joined by what postMessage does to a message: a structured copy, delivered later. */
function channel() {
  const heard: number[] = [];
  const errors: string[] = [];
  const later = (deliver: (message: Envelope) => void) => (message: Envelope) => {
    const copy = structuredClone(message);
    setImmediate(() => deliver(copy));
  };
  const responder: Responder<Requests, Events> = new Responder(
    later((message) => caller.receive(message)),
    handlers,
    (name, error) => errors.push(`${name}: ${(error as Error).message}`),
  );
  const caller: Caller<Requests, Events> = new Caller(
    later((message) => void responder.receive(message)),
    { tick: ({ count }) => heard.push(count) },
  );
  return { caller, responder, heard, errors };
}

describe("the webview channel", () => {
  it("gives every request its own reply", async () => {
    const { caller } = channel();
    const replies = await Promise.all([1, 2, 3].map((value) => caller.request("double", { value })));
    expect(replies).toEqual([2, 4, 6]);
  });

  it("replies to a request that failed, with the reason, and reports it on the answering end", async () => {
    const { caller, errors } = channel();
    await expect(caller.request("fail", {})).rejects.toThrow("The disk is full.");
    expect(errors).toEqual(["fail: The disk is full."]);
  });

  it("replies with an error to a request that nobody knows", async () => {
    const { caller } = channel();
    const unknown = caller as unknown as Caller<{ missing: [params: object, result: object] }, Events>;
    await expect(unknown.request("missing", {})).rejects.toThrow('No request is named "missing".');
  });

  it("does not take the late reply to an earlier page for its own", async () => {
    const asked: number[] = [];
    const open = () =>
      new Caller<Requests, Events>(
        (message) => {
          asked.push((message as { id: number }).id);
        },
        { tick: () => {} },
      );
    void open().request("double", { value: 1 });
    const page = open();
    const reply = page.request("double", { value: 2 });
    for (const [index, id] of asked.entries()) {
      page.receive({ kind: "reply", id, result: ["of the earlier page", "its own"][index] });
    }
    expect(await reply).toBe("its own");
  });

  it("delivers events, also between a request and its reply", async () => {
    const { caller, responder, heard } = channel();
    const reply = caller.request("double", { value: 4 });
    responder.send("tick", { count: 1 });
    responder.send("tick", { count: 2 });
    expect(await reply).toBe(8);
    expect(heard).toEqual([1, 2]);
  });
});
