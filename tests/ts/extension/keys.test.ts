import { expect, it } from "vitest";
import { keysOf } from "../../../extension/src/models/keys";
import { RunsModel } from "../../../extension/src/models/runs";
import type { Run, Status } from "../../../extension/src/protocol.gen";
import { aRun } from "./samples";

const status = (change: Partial<Status>) =>
  ({ interpreter: "/p/bin/python", message: null, ...change }) as Status;
const of = (...runs: Run[]) => {
  const model = new RunsModel();
  model.replace(runs);
  return model;
};

it.each([
  ["nothing", of(), undefined, []],
  ["an ended run", of(aRun({ state: "ended", cause: "finished" })), undefined, ["hasRuns"]],
  ["a queued run", of(aRun({ state: "queued" })), undefined, ["hasRuns", "hasAliveRuns"]],
  ["a running run", of(aRun({ state: "running" })), undefined, ["hasRuns", "hasAliveRuns", "hasRunningRuns"]],
  ["an interpreter", of(), status({}), ["hasInterpreter"]],
  ["no interpreter", of(), status({ interpreter: null }), []],
  ["an interpreter that does not do", of(), status({ message: "It has no torch." }), []],
])("says of %s what commands may ask", (_what, runs, known, keys) => {
  const told = Object.entries(keysOf(runs, known)).filter(([, value]) => value);
  expect(told.map(([name]) => name)).toEqual(keys);
});
