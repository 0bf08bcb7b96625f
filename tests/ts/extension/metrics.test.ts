import { describe, expect, it } from "vitest";
import { extended } from "../../../extension/src/models/history";
import { MetricsModel } from "../../../extension/src/models/metrics";
import type { MetricsSnapshot } from "../../../extension/src/protocol.gen";
import { numbersOf } from "../../../extension/webview/dashboard/model/wire";
import { delta, history } from "./samples";

/** A daemon whose replies come when the test says so. */
function daemon() {
  const asked: { runId: string; reply: (snapshot: MetricsSnapshot) => void; fail: (error: Error) => void }[] =
    [];
  const log: string[] = [];
  const errors: string[] = [];
  const model = new MetricsModel(
    {
      subscribe: (runId) => {
        log.push(`+${runId}`);
        return new Promise((reply, fail) => asked.push({ runId, reply, fail }));
      },
      unsubscribe: async (runId) => log.push(`-${runId}`),
    },
    (runId, error) => errors.push(`${runId}: ${(error as Error).message}`),
  );
  const appended: string[] = [];
  const hydrated: MetricsSnapshot[] = [];
  model.onAppend(({ runId, series }) =>
    appended.push(`${runId}@${numbersOf(series[0]?.steps ?? "").join()}`),
  );
  model.onHydrate((snapshot) => hydrated.push(snapshot));
  return { model, asked, log, errors, appended, hydrated };
}

function columns({ series }: MetricsSnapshot) {
  return series.map(({ tag, steps, values }) => ({
    tag,
    steps: [...numbersOf(steps)],
    values: [...numbersOf(values)],
  }));
}

describe("a history with what came after it", () => {
  it("is followed by the later columns, and their points are counted", () => {
    const whole = extended(history("a", [1, Number.NaN]), [
      delta("a", [0.8, Number.NaN], 3),
      { ...delta("a", [0.9], 2, "eval/f1"), warnings: ["The last record is torn."] },
    ]);
    expect(columns(whole)).toEqual([
      { tag: "train/loss", steps: [1, 2], values: [1, Number.NaN] },
      { tag: "train/loss", steps: [3, 4], values: [0.8, Number.NaN] },
      { tag: "eval/f1", steps: [2], values: [0.9] },
    ]);
    expect(whole.totalPoints).toBe(5);
    expect(whole.warnings).toEqual(["The last record is torn."]);
  });
});

it("counts the points of columns of any length", () => {
  for (let length = 0; length < 20; length++) {
    const more = delta("a", Array(length).fill(0.5), 2);
    expect(extended(history("a", [1]), [more]).totalPoints).toBe(1 + length);
  }
});

describe("the metrics model", () => {
  it("asks once for each run and lets go of what is no longer drawn", async () => {
    const { model, asked, log } = daemon();
    const first = model.watch(["a", "b"]);
    for (const { runId, reply } of asked) {
      reply(history(runId, [1]));
    }
    expect((await first).snapshots.map(({ runId }) => runId)).toEqual(["a", "b"]);
    const second = model.watch(["b", "c"]);
    asked[2]?.reply(history("c", [1]));
    expect((await second).snapshots.map(({ runId }) => runId)).toEqual(["c"]);
    model.unwatchAll();
    expect(log).toEqual(["+a", "+b", "-a", "+c", "-b", "-c"]);
  });

  it("puts deltas that overtake a history into it, for as long as any history is awaited", async () => {
    const { model, asked, appended } = daemon();
    const watching = model.watch(["a", "b"]);
    model.receive(delta("a", [0.9], 2));
    asked[0]?.reply(history("a", [1]));
    await new Promise(setImmediate);
    model.receive(delta("a", [0.8], 3));
    asked[1]?.reply(history("b", [1]));
    const { snapshots } = await watching;
    const [a] = snapshots.map(columns);
    expect(a?.flatMap(({ steps }) => steps)).toEqual([1, 2, 3]);
    expect(appended).toEqual([]);
    model.receive(delta("a", [0.7], 4));
    expect(appended).toEqual(["a@4"]);
  });

  it("subscribes again after a restart of the daemon and when the files were replaced", async () => {
    const { model, asked, hydrated, log } = daemon();
    const watching = model.watch(["a"]);
    asked[0]?.reply(history("a", [1]));
    await watching;
    const reconnecting = model.reconnect();
    asked[1]?.reply(history("a", [1, 2]));
    await reconnecting;
    model.receive({ ...delta("a", [], 0), resync: true });
    asked[2]?.reply(history("a", [3]));
    await new Promise(setImmediate);
    expect(hydrated.map(({ totalPoints }) => totalPoints)).toEqual([2, 1]);
    expect(log).toEqual(["+a", "+a", "+a"]);
  });

  it("hands out nothing for a run that was let go of meanwhile, and lets go of the late subscription", async () => {
    const { model, asked, appended, log } = daemon();
    const watching = model.watch(["a"]);
    model.unwatchAll();
    asked[0]?.reply(history("a", [1]));
    expect((await watching).snapshots).toEqual([]);
    model.receive(delta("a", [1], 2));
    expect(appended).toEqual([]);
    expect(log).toEqual(["+a", "-a", "-a"]);
  });

  it("reports a run that a new daemon cannot read", async () => {
    const { model, asked, errors } = daemon();
    const watching = model.watch(["a"]);
    asked[0]?.reply(history("a", [1]));
    await watching;
    const reconnecting = model.reconnect();
    asked[1]?.fail(new Error("The folder is gone."));
    await reconnecting;
    expect(errors).toEqual(["a: The folder is gone."]);
  });

  it("names a run that cannot be read, draws the others and asks again the next time", async () => {
    const { model, asked, log } = daemon();
    const watching = model.watch(["a", "b"]);
    asked[0]?.fail(new Error("The folder is gone."));
    asked[1]?.reply(history("b", [1]));
    const { snapshots, failed } = await watching;
    expect(snapshots.map(({ runId }) => runId)).toEqual(["b"]);
    expect([...failed]).toEqual([["a", new Error("The folder is gone.")]]);
    void model.watch(["a", "b"]);
    expect(log).toEqual(["+a", "+b", "+a"]);
  });
});
