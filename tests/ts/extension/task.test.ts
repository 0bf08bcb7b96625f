import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { codeOf, Pacing, problemLine, terminalText } from "../../../extension/src/tasks/lines";
import { aRun, ended } from "./samples";

describe("a task", () => {
  it.each([
    ["finished", 0],
    ["stopped", 3],
    ["killed", 3],
    ["failed", 4],
    ["launch-failed", 4],
  ] as const)("of a run that is %s ends with %d", (cause, code) =>
    expect(codeOf(ended({ cause }))).toBe(code),
  );

  it("of a run that is lost has failed", () => expect(codeOf(aRun({ state: "lost" }))).toBe(4));

  it("prints what the editor's problem matcher reads", () => {
    const manifest = new URL("../../../extension/package.json", import.meta.url);
    const [matcher] = JSON.parse(readFileSync(manifest, "utf8")).contributes.problemMatchers;
    const problem = {
      code: "TN214",
      severity: "error",
      message: "Save and\nevaluate",
      line: 7,
      column: 3,
    } as const;
    const line = problemLine("/w/my recipes/a.train.yaml", problem);
    expect(new RegExp(matcher.pattern.regexp).exec(line)?.slice(1)).toEqual([
      "/w/my recipes/a.train.yaml",
      "7",
      "3",
      "error",
      "TN214",
      "Save and evaluate",
    ]);
  });

  it("writes lines as a terminal wants them", () => expect(terminalText("a\nb")).toBe("a\r\nb\r\n"));

  it("tells of steps now and then, of another phase at once, and nothing twice", () => {
    const clock = { now: 0 };
    const pacing = new Pacing(5000, () => clock.now);
    const said = [
      [0, "loading", "loading"],
      [10, "training", "1"],
      [20, "training", "2"],
      [6000, "training", "3"],
      [12000, "training", "3"],
      [12001, "saving", "saving at 3"],
    ] as const;
    const told = said.filter(([at, key, text]) => {
      clock.now = at;
      return pacing.lets(key, text);
    });
    expect(told.map(([at]) => at)).toEqual([0, 10, 6000, 12001]);
  });
});
