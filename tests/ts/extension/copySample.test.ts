import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sampleFiles } from "../../../extension/samples.mjs";
import { copySample } from "../../../extension/src/samples/copy";

let root: string;
let sample: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tunesmith-copy-"));
  sample = join(root, "carried");
  mkdirSync(join(sample, "data"), { recursive: true });
  writeFileSync(join(sample, "train.py"), "pass\n");
  writeFileSync(join(sample, "data", "rows.csv"), "a,b\n");
});

afterEach(() => {
  chmodSync(root, 0o700);
  rmSync(root, { recursive: true });
});

it("copies a sample whole", async () => {
  const folder = await copySample(sample, root, "sums");
  expect(folder).toBe(join(root, "sums"));
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual(["data", "data/rows.csv", "train.py"]);
});

it("takes the next name that is free, and leaves what is there as it is", async () => {
  await copySample(sample, root, "sums");
  writeFileSync(join(root, "sums", "train.py"), "mine\n");
  writeFileSync(join(root, "sums-2"), "a file\n");
  expect(await copySample(sample, root, "sums")).toBe(join(root, "sums-3"));
  expect(readFileSync(join(root, "sums", "train.py"), "utf8")).toBe("mine\n");
  expect(readFileSync(join(root, "sums-2"), "utf8")).toBe("a file\n");
});

it("says why it could not", async () => {
  await expect(copySample(sample, join(root, "gone"), "sums")).rejects.toThrow(/ENOENT.*gone/);
});

describe("the samples that the extension carries", () => {
  const table = readFileSync(new URL("../../../extension/src/samples/table.ts", import.meta.url), "utf8");
  const offered = [...table.matchAll(/name: "([\w-]+)"[\s\S]*?recipe: "([\w.-]+)"/g)];
  const files = new Map(sampleFiles() as [string, string][]);

  it("are those that it offers, each with its recipe, its script and a README", () => {
    const folders = new Set([...files.keys()].map((path) => path.split("/")[0]));
    expect(offered.map(([, name]) => name)).toEqual([...folders]);
    for (const [, name, recipe] of offered) {
      const script = /^script: (\S+)$/m.exec(files.get(`${name}/${recipe}`) ?? "")?.[1];
      expect(files.has(`${name}/${script}`)).toBe(true);
      expect(files.has(`${name}/README.md`)).toBe(true);
    }
  });

  it("are small", () => {
    const size = [...files.values()].reduce((sum, text) => sum + text.length, 0);
    expect(size).toBeLessThan(50_000);
  });
});
