import { describe, expect, it } from "vitest";
import {
  changesItsText,
  fileSize,
  inOrder,
  isOver,
  knownTags,
  likelyPartners,
  tagsIn,
} from "../../../extension/src/history/choose";
import { aRun, ended } from "./samples";

describe("two runs to compare", () => {
  it("stand side by side with the older one on the left, however they were picked", () => {
    const old = ended({ id: "old", created: 1 });
    const young = ended({ id: "young", created: 2 });
    expect(inOrder(young, old)).toEqual([old, young]);
    expect(inOrder(old, young)).toEqual([old, young]);
  });

  it("are offered by how likely they are meant: kin, the same recipe, the rest, and never itself", () => {
    const run = ended({ id: "run", created: 5, parent: "parent" });
    const all = [
      ended({ id: "elsewhere", created: 9, recipe: "/w/other.train.yaml" }),
      ended({ id: "sibling", created: 1 }),
      ended({ id: "later", created: 8 }),
      run,
      ended({ id: "parent", created: 2, recipe: "/w/other.train.yaml" }),
      ended({ id: "child", created: 6, parent: "run" }),
    ];
    expect(likelyPartners(run, all).map(({ id }) => id)).toEqual([
      "child",
      "parent",
      "later",
      "sibling",
      "elsewhere",
    ]);
  });
});

describe("the text of a run", () => {
  it("changes with its state, note and tags, and not with every step", () => {
    const before = aRun({ step: 1 });
    expect(changesItsText({ before, after: aRun({ step: 2, loss: 0.1 }) })).toBe(false);
    expect(changesItsText({ before, after: aRun({ note: "good" }) })).toBe(true);
    expect(changesItsText({ before, after: aRun({ tags: ["a"] }) })).toBe(true);
    expect(changesItsText({ before, after: ended() })).toBe(true);
    expect(changesItsText({ before: undefined, after: before })).toBe(true);
  });
});

describe("what can be deleted", () => {
  it.each([
    ["ended", true],
    ["lost", true],
    ["running", false],
    ["queued", false],
  ] as const)("%s: %s", (state, over) => expect(isOver(aRun({ state }))).toBe(over));
});

describe("tags", () => {
  it("are words between commas, each once", () => {
    expect(tagsIn(" a, b b,, a ,")).toEqual(["a", "b b"]);
    expect(tagsIn("")).toEqual([]);
  });

  it("in use come with the most used first", () => {
    const runs = [["b"], ["a", "c"], ["c"]].map((tags) => ended({ tags }));
    expect(knownTags(runs)).toEqual(["c", "a", "b"]);
  });
});

it.each([
  [0, "0 B"],
  [812, "812 B"],
  [4_200, "4.2 kB"],
  [91_600_000, "91.6 MB"],
  [11_200_000_000, "11.2 GB"],
  [2_000_000_000_000, "2000.0 GB"],
])("%d bytes are written %s", (bytes, text) => expect(fileSize(bytes)).toBe(text));
