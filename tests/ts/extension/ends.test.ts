import { describe, expect, it } from "vitest";
import { Ends, isTold } from "../../../extension/src/models/ends";
import { RunsModel } from "../../../extension/src/models/runs";
import type { Run } from "../../../extension/src/protocol.gen";
import { aRun, ended } from "./samples";

/** A window that has just opened, whose last one left the runs `alive` going on. */
function opened(alive: string[] = []) {
  const runs = new RunsModel();
  const kept = new Map<string, unknown>([["runs.alive", alive]]);
  const memory = {
    get: <T>(key: string) => kept.get(key) as T | undefined,
    update: async (key: string, value: unknown) => void kept.set(key, value),
  };
  const told: string[] = [];
  const waiting: (() => void)[] = [];
  const ends = new Ends(
    runs,
    memory,
    {
      ended: ({ id, cause, state }) => told.push(`${id} ${cause ?? state}`),
      missed: (missed) => told.push(`missed ${missed.map(({ id }) => id).join(" ")}`),
    },
    (act) => waiting.push(act),
  );
  const see = (...seen: Run[]) => runs.apply({ runs: seen, removed: [] });
  return { runs, ends, told, waiting, kept, see };
}

describe("the end of a run", () => {
  it("is told once, when it was seen alive", () => {
    const { see, told } = opened();
    see(aRun({ id: "a" }), ended({ id: "before the window opened" }));
    see(ended({ id: "a", cause: "failed" }));
    see(ended({ id: "a", cause: "failed", note: "oh" }));
    expect(told).toEqual(["a failed"]);
  });

  it("is told again of another attempt, and not between two", () => {
    const { see, told } = opened();
    see(aRun({ id: "a" }));
    see(aRun({ id: "a", phase: "restarting" }));
    see(ended({ id: "a", cause: "failed" }));
    see(aRun({ id: "a", attempt: 2 }));
    see(ended({ id: "a", attempt: 2 }));
    expect(told).toEqual(["a failed", "a finished"]);
  });

  it("is not taken for lost before it is certain", () => {
    const { see, told, waiting } = opened();
    see(aRun({ id: "a" }), aRun({ id: "b" }));
    see(aRun({ id: "a", state: "lost" }), aRun({ id: "b", state: "lost" }));
    see(ended({ id: "a" }));
    for (const act of waiting) act();
    expect(told).toEqual(["a finished", "b lost"]);
  });

  it("that nobody wrote down is not taken for lost when the next window opens", () => {
    const { runs, ends, told, waiting } = opened(["a", "b"]);
    runs.replace([aRun({ id: "a", state: "lost" }), ended({ id: "b" })]);
    ends.lookBack();
    expect(told).toEqual([]);
    runs.apply({ runs: [ended({ id: "a" })], removed: [] });
    for (const act of waiting) act();
    expect(told).toEqual(["missed a b"]);
  });

  it("that no window saw is told when the next one opens", () => {
    const { runs, ends, told, kept } = opened(["a", "b", "gone", "c"]);
    runs.replace([
      ended({ id: "a" }),
      ended({ id: "b", cause: "failed" }),
      aRun({ id: "c" }),
      aRun({ id: "d" }),
    ]);
    ends.lookBack();
    expect(told).toEqual(["missed a b"]);
    expect(kept.get("runs.alive")).toEqual(["c", "d"]);
    runs.apply({ runs: [ended({ id: "c" })], removed: [] });
    expect(kept.get("runs.alive")).toEqual(["d"]);
  });
});

describe("who stopped a run", () => {
  it.each<[Run, string]>([
    [ended({ cause: "finished" }), "all"],
    [ended({ cause: "failed" }), "all failures"],
    [ended({ cause: "signalled" }), "all failures"],
    [aRun({ state: "lost" }), "all failures"],
    [ended({ cause: "stopped" }), ""],
    [ended({ cause: "killed" }), ""],
    [ended({ cause: "stopped", message: "The time limit of 2 h was reached." }), "all"],
    [aRun(), ""],
  ])("knows it; others are told as the setting says", (run, expected) => {
    const told = (["all", "failures", "none"] as const).filter((telling) => isTold(run, telling));
    expect(told.join(" ")).toBe(expected);
  });
});
