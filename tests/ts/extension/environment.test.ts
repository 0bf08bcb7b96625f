/** The daemon's environment as a packaged extension makes it: from its own wheels, with a real Python. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DAEMON_PYTHON, PACKAGED_VSIX } from "../../../.ci/setup/paths.mjs";
import { BuildFailed, buildEnvironment } from "../../../extension/src/environment/build";
import { type Carried, readCarried } from "../../../extension/src/environment/carried";
import { examine, findUsable, type Python } from "../../../extension/src/environment/pythons";
import { findEnvironment, MARK } from "../../../extension/src/environment/store";

/** Patience for a machine that trains at the same time. */
const BUILT_WITHIN_MS = 240_000;

let root: string;
let carried: Carried;
let python: Python;
let home: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "tunesmith-environment-"));
  execFileSync(DAEMON_PYTHON, ["-m", "zipfile", "-e", PACKAGED_VSIX, root]);
  carried = must(await readCarried(join(root, "extension")));
  const found = await examine(DAEMON_PYTHON, carried.pythons);
  if ("why" in found) throw new Error(`${DAEMON_PYTHON} does not serve: ${found.why}`);
  python = found;
}, BUILT_WITHIN_MS);

afterAll(() => rmSync(root, { recursive: true, force: true }), BUILT_WITHIN_MS);

beforeEach(() => {
  home = join(mkdtempSync(join(root, "storage-")), "daemon");
});

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("there is none");
  return value;
}

const build = (more: Partial<Parameters<typeof buildEnvironment>[0]> = {}) =>
  buildEnvironment({ home, carried, python, signal: new AbortController().signal, log: () => {}, ...more });

/** A program in place of a Python, which does what `script` says. */
function fakePython(script: string): Python {
  const path = join(mkdtempSync(join(root, "python-")), "python3");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return { path, version: "3.11.0", resolved: path };
}

describe("an environment", () => {
  let asked = 0;
  let network: Server;
  const saved = { ...process.env };

  beforeAll(async () => {
    network = createServer((socket) => {
      asked += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => network.listen(0, "127.0.0.1", resolve));
    const { port } = network.address() as { port: number };
    const address = `http://127.0.0.1:${port}`;
    const config = join(root, "pip.conf");
    writeFileSync(config, `[global]\nindex-url = ${address}\n[install]\nuser = true\n`);
    Object.assign(process.env, {
      PIP_INDEX_URL: address,
      PIP_CONFIG_FILE: config,
      HTTP_PROXY: address,
      HTTPS_PROXY: address,
      PYTHONPATH: join(root, "nowhere"),
    });
  });

  afterAll(() => {
    process.env = saved;
    network.close();
  });

  it(
    "is made without the network and the user's pip, stands alone, and is found again",
    async () => {
      const lines: string[] = [];
      const made = await build({ log: (line) => lines.push(line) });
      expect(asked).toBe(0);
      expect(lines.join("\n")).toContain("Successfully installed");
      expect(await findEnvironment(home, carried)).toEqual(made);
      const said = execFileSync(
        made.python,
        ["-I", "-c", "import tunesmith, sys; print(tunesmith.__file__, sys.prefix)"],
        { encoding: "utf8" },
      );
      expect(
        said
          .split(/\s/)
          .slice(0, 2)
          .every((path) => path.startsWith(made.folder)),
      ).toBe(true);
      expect(readdirSync(join(made.folder, "bin")).every((name) => name.startsWith("python"))).toBe(true);
      expect(readdirSync(home).sort()).toEqual([made.folder.split("/").at(-1), MARK].sort());

      expect(await findEnvironment(home, { ...carried, digest: "other wheels" })).toBeUndefined();
      for (const name of readdirSync(join(made.folder, "bin"))) unlinkSync(join(made.folder, "bin", name));
      symlinkSync("/bin/sh", made.python);
      expect(await findEnvironment(home, carried), "its Python is another one now").toBeUndefined();
    },
    BUILT_WITHIN_MS,
  );

  it(
    "is not there when its making was broken off",
    async () => {
      const broken = new AbortController();
      const log = () => broken.abort();
      await expect(build({ signal: broken.signal, log })).rejects.toThrow(/abort/i);
      expect(readdirSync(home)).toEqual([MARK]);
    },
    BUILT_WITHIN_MS,
  );

  it(
    "is refused wheels that are not those that were packed",
    async () => {
      const folder = join(mkdtempSync(join(root, "wheels-")), "wheels");
      execFileSync("cp", ["-r", carried.folder, folder]);
      const wheel = must(readdirSync(folder).find((name) => name.startsWith("mdurl")));
      writeFileSync(
        join(folder, wheel),
        readFileSync(join(folder, must(readdirSync(folder).find((name) => name.startsWith("attrs"))))),
      );
      const tampered = { ...carried, folder, requirements: join(folder, "requirements.txt") };
      await expect(build({ carried: tampered })).rejects.toThrow(/hash/i);
      expect(await findEnvironment(home, tampered)).toBeUndefined();
    },
    BUILT_WITHIN_MS,
  );

  it("that two windows make at once is one, and both have it", async () => {
    const making = 'if [ "$2" = -m ]; then mkdir -p "$5/bin" && ln -s "$0" "$5/bin/python"; fi';
    const quick = fakePython(making);
    const [one, two] = await Promise.all([build({ python: quick }), build({ python: quick })]);
    expect(one).toEqual(two);
    expect(await findEnvironment(home, carried)).toEqual(one);
    expect(readdirSync(home)).toHaveLength(2);
  });

  it.each([
    ["echo 'OSError: [Errno 28] No space left on device' >&2; exit 1", "disk-full"],
    ['echo "$0: No module named venv" >&2; exit 1', "no-venv"],
    ["echo 'PermissionError: [Errno 13] Permission denied' >&2; exit 1", "not-writable"],
    ["echo strange; exit 3", "other"],
  ])("%s is told as %s", async (script, trouble) => {
    const failed = await build({ python: fakePython(script) }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(BuildFailed);
    expect((failed as BuildFailed).trouble).toBe(trouble);
    expect(readdirSync(home)).toEqual([MARK]);
  });

  it("is told when its folder cannot be made", async () => {
    const file = join(root, "a-file");
    writeFileSync(file, "");
    const failed = await build({ home: join(file, "daemon") }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(BuildFailed);
    expect((failed as BuildFailed).trouble).toBe("not-writable");
  });
});

describe("Pythons", () => {
  it("are found on the PATH, each once; what does not serve is left out", async () => {
    const folder = mkdtempSync(join(root, "path-"));
    symlinkSync(python.resolved, join(folder, "python3"));
    symlinkSync(python.resolved, join(folder, `python${carried.pythons[0]}`));
    const old = fakePython("exit 1").path;
    const found = await findUsable(carried.pythons, { PATH: `relative:${join(old, "..")}:${folder}` }, root);
    expect(found.filter(({ resolved }) => resolved === python.resolved)).toHaveLength(1);
    expect(found.some(({ path }) => path === old)).toBe(false);
  });

  it("say why they do not serve", async () => {
    expect(await examine(fakePython("exit 1").path, ["3.11"])).toEqual({ why: "broken" });
    expect(await examine(python.path, ["2.7"])).toEqual({ why: "version", version: python.version });
    const said = {
      version: "3.11.1",
      resolved: "/p",
      machine: "vax",
      implementation: "cpython",
      freeThreaded: false,
    };
    const vax = fakePython(`echo '${JSON.stringify(said)}'`).path;
    expect(await examine(vax, ["3.11"])).toEqual({ why: "build", version: "3.11.1" });
  });
});
