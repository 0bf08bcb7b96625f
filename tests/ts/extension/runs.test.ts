import { describe, expect, it } from "vitest";
import { elapsed, outcome } from "../../../extension/shared/run";
import type { Choice } from "../../../extension/src/models/choice";
import { grouped } from "../../../extension/src/models/groups";
import { eighths, headline } from "../../../extension/src/models/outcome";
import { type RunsEvent, RunsModel } from "../../../extension/src/models/runs";
import type { Run } from "../../../extension/src/protocol.gen";
import { aRun, ended } from "./samples";

function listening() {
  const model = new RunsModel();
  const events: RunsEvent[] = [];
  model.onChange((event) => events.push(event));
  return { model, events };
}

describe("the runs model", () => {
  it("lists the newest first and keeps the latest of each", () => {
    const { model } = listening();
    model.replace([aRun({ id: "old", created: 1 }), aRun({ id: "new", created: 2 })]);
    model.apply({ runs: [aRun({ id: "old", created: 1, step: 900 })], removed: [] });
    expect(model.all().map(({ id, step }) => [id, step])).toEqual([
      ["new", 842],
      ["old", 900],
    ]);
  });

  it("says what stood before a change", () => {
    const { model, events } = listening();
    model.apply({ runs: [aRun({ step: 1 })], removed: [] });
    model.apply({ runs: [aRun({ step: 2 })], removed: [] });
    expect(
      events.map(({ changes }) => changes.map(({ before, after }) => [before?.step, after.step])),
    ).toEqual([[[undefined, 1]], [[1, 2]]]);
  });

  it("drops what a new list lacks", () => {
    const { model, events } = listening();
    model.replace([aRun({ id: "a" }), aRun({ id: "b" })]);
    model.replace([aRun({ id: "b" })]);
    expect(model.all().map(({ id }) => id)).toEqual(["b"]);
    expect(events.at(-1)?.removed).toEqual(["a"]);
  });

  it("does not let a list overwrite or drop what changed while it was made", () => {
    const { model } = listening();
    model.apply({ runs: [ended({ id: "a" }), aRun({ id: "started" })], removed: [] });
    model.replace(
      [aRun({ id: "a" }), aRun({ id: "gone" }), aRun({ id: "b" })],
      new Set(["a", "started", "gone"]),
    );
    expect(model.all().map(({ id, state }) => `${id} ${state}`)).toEqual([
      "a ended",
      "started running",
      "b running",
    ]);
  });

  it("does not let the reply of a start overwrite newer news", () => {
    const { model } = listening();
    model.apply({ runs: [ended({ cause: "failed" })], removed: [] });
    model.adopt(aRun({ step: 0 }));
    expect(model.get(aRun().id)?.state).toBe("ended");
  });

  it("counts queued and running runs as alive", () => {
    const { model } = listening();
    model.replace([
      aRun({ id: "a" }),
      aRun({ id: "b", state: "queued" }),
      ended({ id: "c" }),
      aRun({ id: "d", state: "lost" }),
    ]);
    expect(model.alive().map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("holds the running run that was started last for the live one, before any queued run", () => {
    const { model } = listening();
    expect(model.live()).toBeUndefined();
    model.replace([aRun({ id: "queued", state: "queued", created: 3 }), ended({ id: "over", created: 4 })]);
    expect(model.live()?.id).toBe("queued");
    model.apply({ runs: [aRun({ id: "a", created: 1 }), aRun({ id: "b", created: 2 })], removed: [] });
    expect(model.live()?.id).toBe("b");
  });
});

describe("how a run stands", () => {
  it.each([
    ["finished", "finished"],
    ["stopped", "stopped"],
    ["killed", "stopped"],
    ["failed", "failed"],
    ["signalled", "failed"],
    ["launch-failed", "failed"],
  ] as const)("%s counts as %s", (cause, expected) => expect(outcome(ended({ cause }))).toBe(expected));

  it.each([
    [0, 1250, 0],
    [156, 1250, 0],
    [157, 1250, 1],
    [1249, 1250, 7],
    [1250, 1250, 8],
    [1300, 1250, 8],
    [5, null, 0],
    [0, 0, 0],
  ])("step %d of %s fills %d eighths", (step, totalSteps, expected) =>
    expect(eighths(aRun({ step, totalSteps }))).toBe(expected),
  );

  it("measures a living run up to now, an ended one to its end, and not one whose end nobody saw", () => {
    expect(elapsed(aRun({ created: 100 }), 160)).toBe(60);
    expect(elapsed(ended({ created: 100, ended: 130 }), 160)).toBe(30);
    expect(elapsed(aRun({ state: "lost" }), 160)).toBeNull();
  });

  it("is summed up by F1, else accuracy, else the loss", () => {
    expect(headline(ended({ metrics: { eval_loss: 0.3, eval_accuracy: 0.9, eval_f1: 0.904 } }))).toEqual([
      "f1",
      0.904,
    ]);
    expect(headline(ended({ metrics: { eval_accuracy: 0.9 } }))).toEqual(["accuracy", 0.9]);
    expect(headline(ended({ loss: 0.25 }))).toEqual(["loss", 0.25]);
    expect(headline(ended({ loss: null }))).toBeUndefined();
  });
});

describe("the groups of the tree", () => {
  const noon = new Date(2026, 10, 22, 12);
  const at = (day: number, hour: number) => new Date(2026, 10, day, hour).getTime() / 1000;
  const usual = { byRecipe: false, sort: "newest" } as const;
  const laidOut = (runs: Run[], how: Pick<Choice, "byRecipe" | "sort"> = usual) =>
    grouped(runs, noon, how).map(({ section, runs }) => [section, ...runs.map(({ id }) => id)]);
  const runs = [
    aRun({ id: "running", created: at(20, 1) }),
    aRun({ id: "queued last", state: "queued", created: at(22, 11) }),
    aRun({ id: "queued first", state: "queued", created: at(22, 10) }),
    ended({ id: "today", created: at(22, 0) }),
    ended({ id: "lost", state: "lost", created: at(22, 0) }),
    ended({ id: "yesterday", created: at(21, 0) }),
    ended({ id: "earlier", created: at(20, 23) }),
  ];

  it("puts the living first, the next of the queue at its head, then days by the local calendar", () => {
    expect(laidOut(runs)).toEqual([
      ["running", "running"],
      ["queued", "queued first", "queued last"],
      ["today", "today", "lost"],
      ["yesterday", "yesterday"],
      ["earlier", "earlier"],
    ]);
  });

  it("breaks no other order up into days", () => {
    expect(laidOut(runs, { byRecipe: false, sort: "loss" }).map(([section]) => section)).toEqual([
      "running",
      "queued",
      "ended",
    ]);
  });

  it("puts the runs of a recipe together, also of recipes with one name in two folders", () => {
    const inFolder = (folder: string, id: string) => ended({ id, recipe: `/w/${folder}/tiny.train.yaml` });
    const groups = grouped([inFolder("a", "1"), inFolder("b", "2"), inFolder("a", "3")], noon, {
      ...usual,
      byRecipe: true,
    });
    expect(groups.map(({ id, runs }) => [id, ...runs.map(({ id }) => id)])).toEqual([
      ["/w/a/tiny.train.yaml", "1", "3"],
      ["/w/b/tiny.train.yaml", "2"],
    ]);
    expect(groups[0]).toMatchObject({ section: "recipe", name: "tiny" });
  });

  it("leaves out what is empty", () => expect(laidOut([])).toEqual([]));
});
