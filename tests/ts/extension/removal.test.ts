/** What is removed of the daemon's environments: those that nobody uses any more, and all with the extension. */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DAEMON_PYTHON, EXTENSION } from "../../../.ci/setup/paths.mjs";
import { readNotes, writeNote } from "../../../extension/src/environment/notes";
import { removeEnvironments } from "../../../extension/src/environment/removal";
import {
  agree,
  hasAgreed,
  hold,
  MARK,
  makeHome,
  removeAll,
  removeOthers,
} from "../../../extension/src/environment/store";
import { userData, userLogs } from "../../../extension/src/environment/userFolders";

let root: string;
let home: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "tunesmith-removal-"));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

beforeEach(() => {
  home = join(mkdtempSync(join(root, "storage-")), "daemon");
});

/** Stands for another environment: only its names matter to the store. */
function otherEnvironment(name: string): string {
  const folder = join(home, name);
  mkdirSync(join(folder, "in-use"), { recursive: true });
  writeFileSync(
    join(folder, "environment.json"),
    JSON.stringify({ wheels: "other", resolved: "/", created: 1 }),
  );
  return folder;
}

describe("old environments", () => {
  it("go once the new one runs, unless a process that lives uses them", async () => {
    await makeHome(home);
    const kept = { folder: otherEnvironment("0".repeat(16)), python: "" };
    const used = { folder: otherEnvironment("1".repeat(16)), python: "" };
    await hold(used, process.pid);
    const idle = otherEnvironment("2".repeat(16));
    const ended = Number(execFileSync("sh", ["-c", "echo $$"], { encoding: "utf8" }));
    await hold({ folder: idle, python: "" }, ended);
    const halfMade = join(home, `.new-${ended}-abc1`);
    mkdirSync(halfMade);
    const beingMade = join(home, `.new-${process.pid}-abc1`);
    mkdirSync(beingMade);
    const foreign = join(home, "mine");
    mkdirSync(foreign);
    expect((await removeOthers(home, kept)).sort()).toEqual([halfMade, idle].sort());
    expect([kept.folder, used.folder, beingMade, foreign].every(existsSync)).toBe(true);
  });
});

describe("an uninstall", () => {
  let data: string;

  beforeEach(() => {
    data = mkdtempSync(join(root, "data-"));
  });

  it("removes the environments of its own editor and their note, by the plain script that the editor runs", async () => {
    await agree(home);
    expect(await hasAgreed(home)).toBe(true);
    otherEnvironment("3".repeat(16));
    const other = join(mkdtempSync(join(root, "storage-")), "daemon");
    await makeHome(other);
    await writeNote(join(data, "tunesmith"), { environments: home, extensions: root });
    await writeNote(join(data, "tunesmith"), { environments: other, extensions: "/another/editor" });
    const copies = join(data, "tunesmith", "runtime", "abc");
    mkdirSync(copies, { recursive: true });
    const script = join(root, "extension", "dist", "uninstall.js");
    cpSync(join(EXTENSION, "dist", "uninstall.js"), script);
    execFileSync(process.execPath, [script], {
      env: { ...process.env, XDG_DATA_HOME: data },
    });
    expect(existsSync(home)).toBe(false);
    expect(existsSync(join(other, MARK))).toBe(true);
    expect(existsSync(copies)).toBe(true);
    expect(await readNotes(join(data, "tunesmith"))).toHaveLength(1);
  });

  it("touches nothing that is not marked as ours, and nothing behind a link", async () => {
    const theirs = mkdtempSync(join(root, "theirs-"));
    mkdirSync(join(theirs, "4".repeat(16)));
    await writeNote(data, { environments: theirs, extensions: root });
    expect(await removeEnvironments(root, data)).toEqual([]);
    expect(existsSync(join(theirs, "4".repeat(16)))).toBe(true);

    await makeHome(home);
    symlinkSync(theirs, join(home, "5".repeat(16)));
    writeFileSync(join(home, "notes.txt"), "mine");
    const link = join(root, "link");
    symlinkSync(home, link);
    expect(await removeAll(link)).toEqual([]);
    expect(await removeAll(home)).toEqual([]);
    expect(existsSync(join(theirs, "4".repeat(16)))).toBe(true);
    expect(readdirSync(home).sort()).toEqual(["5".repeat(16), "notes.txt"]);
  });

  it("believes no note that is under another name or says no path", async () => {
    mkdirSync(join(data, "environments"), { recursive: true });
    const planted = JSON.stringify({ environments: home, extensions: root });
    writeFileSync(join(data, "environments", "planted.json"), planted);
    writeFileSync(join(data, "environments", "torn.json"), '{"environments": "rel');
    expect(await readNotes(data)).toEqual([]);
  });
});

describe("the user's folders", () => {
  it.each([{}, { XDG_DATA_HOME: "/data", XDG_STATE_HOME: "/state" }])("are the daemon's (%o)", (given) => {
    const program = [
      "import os",
      "from tunesmith.runs.runtime_copy import user_data",
      "from tunesmith.server.log import user_logs",
      "print(user_data(os.environ)); print(user_logs(os.environ))",
    ].join("\n");
    const env = { HOME: "/home/somebody", PATH: process.env.PATH, ...given };
    const said = execFileSync(DAEMON_PYTHON, ["-c", program], { env, encoding: "utf8" }).trim().split("\n");
    expect([userData(env, env.HOME), userLogs(env, env.HOME)]).toEqual(said);
  });
});
