import { expect, it } from "vitest";
import { keysOf } from "../../../extension/src/models/keys";
import { RunsModel } from "../../../extension/src/models/runs";
import type { Run } from "../../../extension/src/protocol.gen";
import { aRun } from "./samples";

const ended = aRun({ state: "ended", cause: "finished" });
const queued = aRun({ id: "queued", state: "queued" });

it.each<[string, Run[], string[]]>([
  ["no run", [], []],
  ["an ended run", [ended], ["hasRuns", "hasEndedRuns"]],
  ["a queued run", [queued], ["hasRuns", "hasAliveRuns", "hasQueuedRuns"]],
  [
    "a paused run",
    [aRun({ phase: "paused" })],
    ["hasRuns", "hasAliveRuns", "hasRunningRuns", "hasPausedRuns"],
  ],
  [
    "a running run beside ended ones",
    [ended, aRun({ id: "b" })],
    ["hasRuns", "hasAliveRuns", "hasRunningRuns", "hasEndedRuns"],
  ],
])("%s: commands may ask what there is", (_what, runs, keys) => {
  const model = new RunsModel();
  model.replace(runs);
  const told = Object.entries(keysOf(model)).filter(([, value]) => value);
  expect(told.map(([name]) => name)).toEqual(keys);
});
