import { describe, expect, it } from "vitest";
import { findRun, intent, namedRun } from "../../../extension/src/debug/configuration";

describe("the run of a debug configuration", () => {
  it.each([undefined, "", "  ", 7, null])("is asked for when it is %j", (run) => {
    expect(namedRun(run)).toEqual({ kind: "none" });
  });

  it("is a folder when it has a separator, else an id", () => {
    expect(namedRun("/home/me/.tunesmith/runs/a")).toEqual({
      kind: "folder",
      folder: "/home/me/.tunesmith/runs/a",
    });
    expect(namedRun("20260101-000000-abcd")).toEqual({ kind: "id", id: "20260101-000000-abcd" });
  });

  it("is found by its id or the end of it, and never by a guess", () => {
    const runs = [{ id: "1-ab" }, { id: "2-ab" }, { id: "3-cd" }];
    expect(findRun("3-cd", runs)).toBe(runs[2]);
    expect(findRun("cd", runs)).toBe(runs[2]);
    expect(findRun("ab", runs)).toBeUndefined();
    expect(findRun("ef", runs)).toBeUndefined();
  });
});

describe("a debug configuration", () => {
  it("starts a run, attaches to one, or is a rank's of a session that did either", () => {
    expect(intent({ request: "launch", recipe: "a.train.yaml" }, false)).toBe("launch");
    expect(intent({ request: "attach", run: "1-ab" }, true)).toBe("attach");
    expect(intent({ request: "launch", run: "/runs/1-ab", rank: 0 }, true)).toBe("rank");
    expect(intent({ request: "attach", run: "/runs/1-ab", rank: 0 }, true)).toBe("attach");
  });

  it("that is empty, as F5 makes it, means the open recipe, else a running run", () => {
    expect(intent({}, true)).toBe("launch");
    expect(intent({}, false)).toBe("attach");
  });
});
