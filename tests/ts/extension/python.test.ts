import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { environmentName, expandPath, isExecutable } from "../../../extension/src/python";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tunesmith-python-"));
});

afterEach(() => rmSync(root, { recursive: true }));

function makePython(path: string, config?: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "");
  chmodSync(path, 0o755);
  if (config !== undefined) {
    writeFileSync(join(dirname(dirname(path)), "pyvenv.cfg"), config);
  }
  return path;
}

describe("interpreters", () => {
  it("are files that may be started: neither a folder nor a text", async () => {
    const python = makePython(join(root, ".venv", "bin", "python"), "home = /usr\n");
    expect(await isExecutable(python)).toBe(true);
    expect(await isExecutable(join(root, ".venv"))).toBe(false);
    expect(await isExecutable(join(root, ".venv", "pyvenv.cfg"))).toBe(false);
  });

  it("are named after their environment", () => {
    expect(environmentName("/home/me/project/.venv/bin/python")).toBe(".venv");
    expect(environmentName("python3")).toBeUndefined();
    expect(environmentName("/usr/bin/python3")).toBeUndefined();
  });
});

describe("paths in settings", () => {
  it.each([
    ["~/env/bin/python", "/home/me/env/bin/python"],
    [`$${"{workspaceFolder}"}/.venv/bin/python`, "/w/.venv/bin/python"],
    [".venv/bin/python", "/w/.venv/bin/python"],
    ["/usr/bin/python3", "/usr/bin/python3"],
    ["python3", "python3"],
  ])("%s", (text, expected) => expect(expandPath(text, "/home/me", "/w")).toBe(expected));

  it("stay what they are where no workspace has a say", () => {
    const text = `$${"{workspaceFolder}"}/.venv/bin/python`;
    expect(expandPath(text, "/home/me", undefined)).toBe(text);
  });
});
