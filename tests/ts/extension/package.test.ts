/** What is in the package: all that the first use needs, and nothing of the workshop. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hostTarget, PYTHONS, TARGETS } from "../../../.ci/package/targets.mjs";
import { DAEMON_PYTHON, PACKAGED_VSIX, ROOT, VSIX } from "../../../.ci/setup/paths.mjs";

let root: string;
let files: string[];

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "tunesmith-package-"));
  execFileSync(DAEMON_PYTHON, ["-m", "zipfile", "-e", PACKAGED_VSIX, root]);
  files = readdirSync(join(root, "extension"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, "extension").length + 1))
    .sort();
}, 120_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

const read = (name: string) => readFileSync(join(root, "extension", name), "utf8");
const wheels = () =>
  files.filter((name) => name.endsWith(".whl")).map((name) => name.slice("wheels/".length));
const canonical = (name: string) => name.toLowerCase().replaceAll("_", "-");

describe("the package", () => {
  it("holds the extension, its page, its script for the uninstall, and what the marketplace shows", () => {
    expect(files).toEqual(
      expect.arrayContaining([
        "LICENSE.txt",
        "changelog.md",
        "dist/extension.js",
        "dist/uninstall.js",
        "dist/webview/dashboard.css",
        "dist/webview/dashboard.js",
        "media/icon.png",
        "package.json",
        "package.nls.json",
        "readme.md",
      ]),
    );
    const manifest = JSON.parse(read("package.json"));
    const shown = [manifest.main, manifest.icon, manifest.scripts["vscode:uninstall"].replace("node ", "")];
    expect(
      shown.map((path: string) => path.replace("./", "")).filter((path) => !files.includes(path)),
    ).toEqual([]);
    expect(read("changelog.md")).toBe(readFileSync(join(ROOT, "CHANGELOG.md"), "utf8"));
  });

  it("holds nothing of the workshop", () => {
    const meant =
      /^(LICENSE\.txt|changelog\.md|readme\.md|package(\.nls(\.[\w-]+)?)?\.json|(dist|l10n|media|wheels)\/.*)$/;
    expect(files.filter((name) => !meant.test(name))).toEqual([]);
    const unwanted = /(^|\/)(node_modules|tests?|src)\/|\.(map|ts|tsx|mjs|tsbuildinfo)$/;
    expect(files.filter((name) => unwanted.test(name))).toEqual([]);
  });

  it("carries every locked dependency, tunesmith itself and pip, each by its hash", () => {
    const locked = readFileSync(join(ROOT, "daemon", "requirements.txt"), "utf8")
      .trim()
      .split("\n");
    const version = /^version = "(.*)"/m.exec(readFileSync(join(ROOT, "pyproject.toml"), "utf8"))?.[1];
    const carried = wheels().map((name) => canonical(name.split("-").slice(0, 2).join("==")));
    const wanted = [...locked, `tunesmith==${version}`].map(canonical);
    expect(carried.filter((name) => !name.startsWith("pip==")).sort()).toEqual(wanted.sort());
    expect(carried.some((name) => name.startsWith("pip=="))).toBe(true);
    const listed = read("wheels/requirements.txt");
    for (const name of wheels().filter((wheel) => !wheel.startsWith("pip-"))) {
      const hash = createHash("sha256").update(readFileSync(join(root, "extension", "wheels", name)));
      expect(listed, name).toContain(`--hash=sha256:${hash.digest("hex")}`);
    }
  });

  it("is for this machine alone, and its wheels are the daemon without tests", () => {
    const manifest = readFileSync(join(root, "extension.vsixmanifest"), "utf8");
    expect(manifest).toContain(`TargetPlatform="${hostTarget()?.name}"`);
    const own = wheels().find((name) => name.startsWith("tunesmith-")) ?? "";
    const path = join(root, "extension", "wheels", own);
    const listed = execFileSync(DAEMON_PYTHON, ["-m", "zipfile", "-l", path], { encoding: "utf8" });
    expect(listed).toContain("tunesmith/server/app.py");
    expect(listed).not.toMatch(/__pycache__|^tests|\.pyc/m);
  });

  it("is not what the checkout's own workbench gets: that one carries no wheels", () => {
    const listed = execFileSync(DAEMON_PYTHON, ["-m", "zipfile", "-l", VSIX], { encoding: "utf8" });
    expect(listed).not.toContain("wheels/");
  });
});

describe("the table of packages", () => {
  it("names the Pythons that the daemon allows, and one target that must succeed", () => {
    const oldest = /^requires-python = ">=(.*)"/m.exec(
      readFileSync(join(ROOT, "pyproject.toml"), "utf8"),
    )?.[1];
    expect(PYTHONS[0]).toBe(oldest);
    expect(TARGETS.filter(({ required }) => required).map(({ name }) => name)).toEqual(["linux-x64"]);
  });
});
