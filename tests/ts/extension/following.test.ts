import { describe, expect, it } from "vitest";
import { Following } from "../../../extension/src/logs/following";
import { folds, lastLines, written } from "../../../extension/src/logs/sections";

/** A log of 100 lines whose end is in view. */
function atEnd(): Following {
  const following = new Following();
  following.grew(100);
  following.scrolled(99, 100);
  return following;
}

describe("a log that grows", () => {
  it("is followed from when its end is in view", () => {
    const following = new Following();
    following.grew(100);
    following.scrolled(40, 100);
    expect(following.on).toBe(false);
    following.scrolled(99, 100);
    expect(following.on).toBe(true);
  });

  it("is followed on while it grows below the view", () => {
    const following = atEnd();
    following.grew(130);
    expect(following.on).toBe(true);
    following.scrolled(120, 130);
    expect(following.on).toBe(true);
  });

  it("is not followed any more once its reader scrolls up, until the end is in view again", () => {
    const following = atEnd();
    following.scrolled(80, 100);
    following.grew(130);
    expect(following.on).toBe(false);
    following.scrolled(100, 130);
    expect(following.on).toBe(false);
    following.scrolled(129, 130);
    expect(following.on).toBe(true);
  });

  it("does not take lines that are cut off at its top for scrolling up", () => {
    const following = atEnd();
    following.grew(60);
    following.scrolled(30, 60);
    expect(following.on).toBe(true);
    following.scrolled(59, 60);
    following.scrolled(50, 60);
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

  it("fold nothing without such a line", () => expect(folds(["a", "=== b"])).toEqual([]));
});

it("the last lines of a log are its last words, without the empty ones after them", () => {
  expect(lastLines("1\n2\n3\n\n", 2)).toBe("2\n3");
  expect(lastLines("\n", 2)).toBe("");
});
