// Bundles the extension and its webviews into dist/: `node build.mjs [--watch]`.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { ringFiles } from "./rings.mjs";
import { sampleFiles } from "./samples.mjs";

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

function writeAll(folder, files) {
  for (const [path, content] of files) {
    const file = join(root, "dist", folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

rmSync(join(root, "dist"), { recursive: true, force: true });
writeAll("rings", ringFiles());
writeAll("samples", sampleFiles());
if (watch) {
  const contexts = await Promise.all(targets.map((target) => esbuild.context(target)));
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  await Promise.all(targets.map((target) => esbuild.build(target)));
}
