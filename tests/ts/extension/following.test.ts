import { describe, expect, it } from "vitest";
import { Following } from "../../../extension/src/logs/following";
import { folds, heads, lastLines, moved, written } from "../../../extension/src/logs/sections";

/** A log of 100 lines that is followed: its last 20 are in view. */
function atEnd(): Following {
  const following = new Following(true);
  following.grew(100);
  following.scrolled(80, 99, 100);
  return following;
}

describe("a log that grows", () => {
  it("is followed from when its reader scrolls down to its end", () => {
    const following = new Following();
    following.scrolled(20, 40, 100);
    expect(following.on).toBe(false);
    following.scrolled(80, 99, 100);
    expect(following.on).toBe(true);
  });

  it("is followed on while it grows below the view", () => {
    const following = atEnd();
    following.grew(130);
    following.scrolled(101, 120, 130);
    expect(following.on).toBe(true);
  });

  it("is not followed any more once its reader scrolls up, also while its end is in view yet", () => {
    const following = atEnd();
    following.scrolled(79, 99, 100);
    expect(following.on).toBe(false);
    following.grew(130);
    following.scrolled(90, 110, 130);
    expect(following.on).toBe(false);
    following.scrolled(110, 129, 130);
    expect(following.on).toBe(true);
  });

  it("stops for its reader before it has grown at all", () => {
    const following = new Following(true);
    following.scrolled(80, 99, 100);
    following.scrolled(70, 90, 100);
    expect(following.on).toBe(false);
  });

  it("takes an editor that becomes taller or less tall for nobody's wish", () => {
    const following = atEnd();
    following.scrolled(80, 90, 100);
    expect(following.on).toBe(true);
    following.placed(85, 100);
    following.scrolled(80, 99, 100);
    expect(following.on).toBe(false);
  });

  it("does not take lines that are cut off at its top for scrolling up", () => {
    const following = atEnd();
    following.grew(60);
    following.scrolled(20, 40, 60);
    expect(following.on).toBe(true);
    following.scrolled(40, 59, 60);
    following.scrolled(30, 49, 60);
    expect(following.on).toBe(false);
  });

  it("waits while its reader is at a line, and goes on at the last one", () => {
    const following = atEnd();
    following.placed(50, 100);
    expect(following.on).toBe(false);
    following.placed(99, 100);
    expect(following.on).toBe(true);
  });
});

describe("the logs of all ranks", () => {
  const text = written([
    { title: "rank 0", text: "one\ntwo\n\n" },
    { title: "launcher", text: "three" },
  ]);

  it("stand under each other, each under a line that folds it", () => {
    expect(text).toBe("=== rank 0 ===\none\ntwo\n\n=== launcher ===\nthree\n");
    expect(folds(text.split("\n"))).toEqual([
      [0, 2],
      [4, 5],
    ]);
  });

  it("keep the place of a line whose part begins further down now", () => {
    const lines = (first: number) => [
      ...written([
        { title: "rank 0", text: "a\n".repeat(first) },
        { title: "rank 1", text: "b\nc" },
      ]).split("\n"),
    ];
    const [before, after] = [lines(2), lines(5)];
    const at = (line: number) => moved(line, heads(before), heads(after));
    expect(after[at(before.indexOf("c"))]).toBe("c");
    expect(at(1)).toBe(1);
  });

  it("fold nothing without such a line", () => expect(folds(["a", "=== b"])).toEqual([]));
});

it("the last lines of a log are its last words, without the empty ones after them", () => {
  expect(lastLines("1\n2\n3\n\n", 2)).toBe("2\n3");
  expect(lastLines("\n", 2)).toBe("");
});
