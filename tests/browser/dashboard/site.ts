/** Serves the dashboard, with the fake host in the place of VS Code, on loopback. */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const extension = fileURLToPath(new URL("../../../extension/", import.meta.url));

const TYPES: Record<string, string> = {
  js: "text/javascript",
  css: "text/css",
  ttf: "font/ttf",
  html: "text/html; charset=utf-8",
};

// The policy of the real page: what it forbids must not be needed here either.
const POLICY = [
  "default-src 'none'",
  "script-src 'nonce-test'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
].join("; ");

/** The page of a language, with its texts as the extension writes them in. */
const page = (language: string, texts: string) => `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="dashboard.css">
<title>Dashboard</title>
</head>
<body class="vscode-dark">
<div id="root"></div>
<script type="application/json" id="l10n">${texts}</script>
<script type="module" nonce="test" src="fakeHost.js"></script>
<script type="module" nonce="test" src="dashboard.js"></script>
</body>
</html>`;

export interface Site {
  url: string;
  close: () => Promise<void>;
}

export async function serveDashboard(port = 0): Promise<Site> {
  const files = await bundle();
  const chinese = readFileSync(join(extension, "l10n", "bundle.l10n.zh-cn.json"), "utf8");
  files.set("", { type: "html", content: page("en", "") });
  files.set("zh-cn", { type: "html", content: page("zh-cn", chinese) });
  const server = createServer((request, response) => {
    const name = basename(new URL(request.url ?? "/", "http://localhost").pathname);
    const file = files.get(name);
    response.writeHead(file ? 200 : 404, { "content-type": TYPES[file?.type ?? "html"] });
    response.end(file?.content);
  });
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  const { port: taken } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${taken}/`, close: () => close(server) };
}

async function bundle(): Promise<Map<string, { type: string; content: string | Uint8Array }>> {
  const { outputFiles } = await build({
    entryPoints: {
      dashboard: join(extension, "webview/dashboard/main.tsx"),
      fakeHost: join(here, "fakeHost.ts"),
    },
    bundle: true,
    write: false,
    outdir: "out",
    format: "esm",
    target: "chrome120",
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".ttf": "file" },
    assetNames: "[name]",
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "warning",
  });
  return new Map(
    outputFiles.map(({ path, contents }) => {
      const name = basename(path);
      return [name, { type: name.split(".").pop() ?? "", content: contents }];
    }),
  );
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}
