import { expect, it } from "vitest";
import { keysOf } from "../../../extension/src/models/keys";
import { RunsModel } from "../../../extension/src/models/runs";
import type { Run } from "../../../extension/src/protocol.gen";
import { aRun } from "./samples";

const ended = aRun({ state: "ended", cause: "finished" });
const queued = aRun({ id: "queued", state: "queued" });

it.each<[string, Run[], string[]]>([
  ["no run", [], []],
  ["an ended run", [ended], ["hasRuns"]],
  ["a queued run", [queued], ["hasRuns", "hasAliveRuns"]],
  [
    "a running run beside ended ones",
    [ended, aRun({ id: "b" })],
    ["hasRuns", "hasAliveRuns", "hasRunningRuns"],
  ],
])("%s: commands may ask what there is", (_what, runs, keys) => {
  const model = new RunsModel();
  model.replace(runs);
  const told = Object.entries(keysOf(model)).filter(([, value]) => value);
  expect(told.map(([name]) => name)).toEqual(keys);
});
