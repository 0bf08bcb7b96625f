// Bundles the extension and its webviews into dist/: `node build.mjs [--watch]`.
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { ringFiles } from "./rings.mjs";

const root = dirname(fileURLToPath(import.meta.url));
const watch = process.argv.includes("--watch");

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: !watch,
  sourcemap: true,
  sourcesContent: false,
  logLevel: "info",
};

const targets = [
  {
    ...common,
    entryPoints: ["src/extension.ts"],
    outfile: "dist/extension.js",
    platform: "node",
    format: "cjs",
    target: "node20",
    external: ["vscode"],
  },
  {
    ...common,
    entryPoints: ["src/uninstall.ts"],
    outfile: "dist/uninstall.js",
    platform: "node",
    format: "cjs",
    target: "node20",
  },
  {
    ...common,
    entryPoints: { dashboard: "webview/dashboard/main.tsx" },
    outdir: "dist/webview",
    platform: "browser",
    format: "esm",
    target: "chrome120",
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".ttf": "file", ".svg": "dataurl" },
    assetNames: "[name]",
    define: { "process.env.NODE_ENV": watch ? '"development"' : '"production"' },
  },
];

/** The samples that can travel: texts of a few kilobytes, which train from scratch. */
const SAMPLES = ["sums"];
const OF_SAMPLE = /\.(md|py|yaml)$/;

function copySamples() {
  for (const name of SAMPLES)
    for (const file of readdirSync(join(root, "../samples", name)).filter((each) => OF_SAMPLE.test(each)))
      cpSync(join(root, "../samples", name, file), join(root, "dist/samples", name, file));
}

function writeRings() {
  for (const [path, svg] of ringFiles()) {
    const file = join(root, "dist/rings", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, svg);
  }
}

rmSync(join(root, "dist"), { recursive: true, force: true });
writeRings();
copySamples();
if (watch) {
  const contexts = await Promise.all(targets.map((target) => esbuild.context(target)));
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  await Promise.all(targets.map((target) => esbuild.build(target)));
}
