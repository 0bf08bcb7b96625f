import { describe, expect, test } from "vitest";
import type { Change } from "../../bench/languageServer.ts";
import { longRecipe } from "../../bench/longRecipes.ts";
import { keystrokes, randomFrom } from "../../bench/typing.ts";

describe("a long recipe", () => {
  test.each([200, 5000])("of %i lines is mostly keys", (lines) => {
    const text = longRecipe(lines).trimEnd().split("\n");
    expect(text.length).toBeGreaterThan(lines - 3);
    expect(text.length).toBeLessThanOrEqual(lines);
    const keys = text.filter((line) => /^ *\w+:( |$)/.test(line));
    expect(keys.length / text.length).toBeGreaterThanOrEqual(0.6);
  });
});

describe("what is typed", () => {
  const text = longRecipe(200);
  const keys = keystrokes(text, 400, randomFrom(1));

  test("is the same for the same seed, and at many lines", () => {
    expect(keystrokes(text, 400, randomFrom(1))).toEqual(keys);
    expect(new Set(keys.map(({ change }) => change.range.start.line)).size).toBeGreaterThan(30);
  });

  test("is taken back again: after every removal the text is as it was", () => {
    let now = text;
    const removals = keys.filter(({ change }) => {
      now = applied(now, change);
      if (change.text === "") expect(now).toBe(text);
      else expect(now).not.toBe(text);
      return change.text === "";
    });
    expect(removals.length).toBeGreaterThan(20);
  });
});

function applied(text: string, { range, text: inserted }: Change): string {
  const lines = text.split("\n");
  const offset = ({ line, character }: { line: number; character: number }) =>
    lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0) + character;
  return text.slice(0, offset(range.start)) + inserted + text.slice(offset(range.end));
}
