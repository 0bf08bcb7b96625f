import { describe, expect, test } from "vitest";
import { groupTags, PINNED } from "../../../extension/webview/dashboard/model/groups";
import { direction, isEvaluation, isExact, scoreTag } from "../../../extension/webview/dashboard/model/tags";

const lengths = new Map([
  ["train/learning_rate", 9],
  ["system/gpu", 9],
  ["eval/f1", 2],
  ["train/loss", 9],
  ["train/epoch", 9],
  ["train/train_runtime", 1],
  ["eval/loss", 2],
  ["custom", 3],
]);

describe("groups", () => {
  test("pinned first, then train, eval and the rest; what matters most comes first", () => {
    expect(groupTags(lengths, ["train/loss", "eval/f1", "not/there"], "")).toEqual([
      { name: PINNED, charts: ["train/loss", "eval/f1"], figures: [] },
      { name: "train", charts: ["train/learning_rate"], figures: ["train/train_runtime"] },
      { name: "eval", charts: ["eval/loss"], figures: [] },
      { name: "other", charts: ["custom"], figures: [] },
      { name: "system", charts: ["system/gpu"], figures: [] },
    ]);
  });

  test("what ranks use comes last, a quantity of all ranks side by side; rank 10 comes after rank 2", () => {
    const tags = ["memory_gb", "cpu_percent"].flatMap((name) =>
      [10, 0, 2].map((number) => `resources/rank-${number}/${name}`),
    );
    const names = [...tags, "rank-10/loss", "rank-2/loss", "zeta/a"];
    const found = groupTags(new Map(names.map((name) => [name, 9])), [], "");
    expect(found.map(({ name }) => name)).toEqual(["rank-2", "rank-10", "zeta", "resources"]);
    expect(found.at(-1)?.charts.map((tag) => tag.slice("resources/".length))).toEqual([
      "rank-0/cpu_percent",
      "rank-2/cpu_percent",
      "rank-10/cpu_percent",
      "rank-0/memory_gb",
      "rank-2/memory_gb",
      "rank-10/memory_gb",
    ]);
  });

  test("a filter keeps tags that hold all its words", () => {
    const names = groupTags(lengths, [], "LOSS tr").flatMap(({ charts }) => charts);
    expect(names).toEqual(["train/loss"]);
    expect(groupTags(lengths, ["train/loss"], "nothing like it")).toEqual([]);
  });
});

test("what a tag's name says", () => {
  expect(isEvaluation("eval/f1")).toBe(true);
  expect(isEvaluation("train/eval_like")).toBe(false);
  expect(isExact("train/learning_rate")).toBe(true);
  expect(isExact("train/loss")).toBe(false);
  expect(isExact("resources/rank-0/memory_gb")).toBe(true);
  expect(direction("eval/f1")).toBe("up");
  expect(direction("eval/loss")).toBe("down");
  expect(direction("eval/runtime")).toBeNull();
});

test("runs are compared by F1, else accuracy, else loss", () => {
  expect(scoreTag(["eval/loss", "eval/accuracy", "eval/f1"])).toBe("eval/f1");
  expect(scoreTag(["eval/loss", "eval/f1_macro"])).toBe("eval/f1_macro");
  expect(scoreTag(["eval/runtime", "eval/loss"])).toBe("eval/loss");
  expect(scoreTag(["train/loss"])).toBeNull();
});
