import { describe, expect, it } from "vitest";
import { toDocument } from "../../../extension/src/interpreters/report";
import { groups, type Words } from "../../../extension/src/interpreters/rows";
import type { FoundInterpreter } from "../../../extension/src/protocol.gen";

const WORDS: Words = {
  current: "current",
  noTorch: "no torch",
  tooOld: "too old",
  groups: {
    chosen: "Chosen",
    near: "Near",
    known: "Known",
    active: "Active",
    conda: "Conda",
    pyenv: "pyenv",
    home: "Home",
    path: "PATH",
  },
};

const found = (more: Partial<FoundInterpreter>): FoundInterpreter => ({
  path: "/w/.venv/bin/python",
  name: ".venv",
  kind: "venv",
  source: "near",
  version: "3.12.4",
  packages: { torch: "2.6.0", transformers: "4.50.1", accelerate: "1.2.0" },
  current: false,
  unfit: null,
  ...more,
});

const only = (more: Partial<FoundInterpreter>) => groups([found(more)], WORDS)[0]?.rows[0];

describe("rows of interpreters", () => {
  it("tell name, kind, version, path and what they hold", () => {
    expect(only({})).toEqual({
      label: "Python 3.12.4 (.venv)",
      description: "venv · torch 2.6.0 · transformers 4.50.1",
      detail: "/w/.venv/bin/python",
      path: "/w/.venv/bin/python",
      current: false,
    });
    expect(only({ version: null, name: "python3", kind: "system", packages: {} })).toMatchObject({
      label: "Python (python3)",
      description: "system · no torch",
    });
    expect(only({ packages: { transformers: "4.50.1" } })?.description).toBe(
      "venv · no torch · transformers 4.50.1",
    );
  });

  it("mark the current one and those that nothing can be trained with", () => {
    expect(only({ current: true })).toMatchObject({
      label: "$(check) Python 3.12.4 (.venv)",
      description: "current · venv · torch 2.6.0 · transformers 4.50.1",
      current: true,
    });
    expect(only({ version: "3.8.10", unfit: "is Python 3.8.10" })).toMatchObject({
      label: "$(warning) Python 3.8.10 (.venv)",
      description: "venv · too old",
    });
  });

  it("stand under what they were found by, in the daemon's order", () => {
    const rows = [found({ name: "a" }), found({ name: "b", source: "conda" }), found({ name: "c" })];
    const titles = groups(rows, WORDS).map((group) => [group.title, group.rows.map(({ label }) => label)]);
    expect(titles).toEqual([
      ["Near", ["Python 3.12.4 (a)", "Python 3.12.4 (c)"]],
      ["Conda", ["Python 3.12.4 (b)"]],
    ]);
  });
});

describe("the doctor's document", () => {
  const words = {
    title: "Environment",
    summary: (wrong: number, warnings: number) => `${wrong} wrong, ${warnings} to look at.`,
  };
  const row = (more: object) => ({
    name: "torch",
    verdict: "fine" as const,
    says: "2.6.0",
    advice: null,
    ...more,
  });

  it("has a row a thing, with its mark and what to do", () => {
    const rows = [row({}), row({ verdict: "wrong", says: "not installed", advice: "install it" })];
    const text = toDocument({ folder: "/w", rows }, words);
    expect(text).toContain("1 wrong, 0 to look at.");
    expect(text).toContain("| ✓ | torch | 2.6.0 |");
    expect(text).toContain("| ✗ | torch | not installed<br>→ **install it** |");
  });

  it("is not led astray by what a path or a message holds", () => {
    const text = toDocument({ folder: "/w", rows: [row({ says: "a|b <img> *c*\n`d`" })] }, words);
    expect(text).toContain("| a\\|b &lt;img> \\*c\\* \\`d\\` |");
  });
});
