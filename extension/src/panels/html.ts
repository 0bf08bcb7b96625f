import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

/** The page of a webview: one script and one style sheet from dist/webview, and nothing else may load or run. */
export function pageHtml(
  webview: vscode.Webview,
  extension: vscode.Uri,
  name: string,
  title: string,
): string {
  const nonce = randomBytes(16).toString("base64");
  const file = (suffix: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(pageFolder(extension), `${name}.${suffix}`));
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${file("css")}">
<title>${title}</title>
</head>
<body>
<div id="root"></div>
<script type="application/json" id="l10n">${translations()}</script>
<script type="module" nonce="${nonce}" src="${file("js")}"></script>
</body>
</html>`;
}

/** The texts of the editor's language, as data that cannot end the element that holds it; empty in English. */
function translations(): string {
  return vscode.l10n.bundle === undefined
    ? ""
    : JSON.stringify(vscode.l10n.bundle).replaceAll("<", "\\u003c");
}

/** The only folder that a page may read. */
export function pageFolder(extension: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extension, "dist", "webview");
}
