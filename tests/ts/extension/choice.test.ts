import { describe, expect, it } from "vitest";
import {
  type Choice,
  chosen,
  EVERYTHING,
  isFiltered,
  unfiltered,
} from "../../../extension/src/models/choice";
import { ChoiceModel } from "../../../extension/src/models/choiceModel";
import { aRank, aRun, ended } from "./samples";

const runs = [
  aRun({ id: "a-living", name: "sentiment", created: 4, loss: 0.5 }),
  ended({ id: "b-best", name: "sentiment", created: 3, loss: 0.2, metrics: { eval_f1: 0.9 } }),
  ended({
    id: "c-failed",
    name: "digits",
    recipe: "/w/digits.train.yaml",
    created: 2,
    loss: null,
    cause: "failed",
    message: "Rank 1: ValueError",
    ranks: [aRank(1, { error: "ValueError: a row without a label" })],
  }),
  aRun({
    id: "d-lost",
    name: "chat",
    created: 1,
    state: "lost",
    loss: 0.9,
    metrics: { eval_accuracy: 0.95 },
  }),
];
const ids = (choice: Partial<Choice>) => chosen(runs, { ...EVERYTHING, ...choice }).map(({ id }) => id[0]);

describe("the chosen runs", () => {
  it.each<[string, Partial<Choice>, string]>([
    ["all, newest first", {}, "abcd"],
    ["by name, of one name the newest first", { sort: "name" }, "dcab"],
    ["by the last loss, what has none last", { sort: "loss" }, "badc"],
    ["by the last score, the best first", { sort: "score" }, "dbac"],
    ["of some states", { states: ["failed", "lost"] }, "cd"],
    ["of a recipe", { recipes: ["/w/digits.train.yaml"] }, "c"],
    ["with a word of the error", { text: " Without LABEL " }, "c"],
    ["with all of the words", { text: "sentiment living" }, "a"],
    ["that nobody has", { states: ["queued"] }, ""],
  ])("%s", (_what, choice, expected) => expect(ids(choice).join("")).toBe(expected));

  it("are a filter only if something may be left out", () => {
    expect(isFiltered({ ...EVERYTHING, sort: "loss", byRecipe: true, text: " " })).toBe(false);
    expect(isFiltered({ ...EVERYTHING, text: "x" })).toBe(true);
    const all = unfiltered({ states: ["lost"], recipes: ["/w"], text: "x", sort: "loss", byRecipe: true });
    expect(all).toEqual({ ...EVERYTHING, sort: "loss", byRecipe: true });
  });
});

describe("the choice", () => {
  const memory = () => {
    const kept = new Map<string, unknown>();
    return {
      get: <T>(key: string) => kept.get(key) as T | undefined,
      update: async (key: string, value: unknown) => void kept.set(key, value),
    };
  };

  it("is there again in the next window of the workspace", () => {
    const kept = memory();
    new ChoiceModel(kept).set({ sort: "name", text: "x" });
    expect(new ChoiceModel(kept).value).toEqual({ ...EVERYTHING, sort: "name", text: "x" });
  });

  it("shows a text that is being typed, and does not keep it", () => {
    const kept = memory();
    const choice = new ChoiceModel(kept);
    const seen: string[] = [];
    choice.onChange(({ text }) => seen.push(text));
    choice.set({ text: "nan" }, true);
    expect(seen).toEqual(["nan"]);
    expect(new ChoiceModel(kept).value.text).toBe("");
  });
});
