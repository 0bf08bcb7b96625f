/** The TypeScript sources of the extension as syntax trees, and a walk over them that knows where it stands. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseSync } from "oxc-parser";
import { EXTENSION } from "../setup/paths.mjs";

const FOLDERS = ["src", "shared", "webview"];

export function parse(path, text) {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} is not TypeScript: ${errors[0].message}`);
  return { path, text, program };
}

/** Every source that people wrote, in the order of their paths. */
export function sources() {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(EXTENSION, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /(?<!\.gen|\.d)\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  )
    .sort()
    .map((path) => parse(relative(EXTENSION, path), readFileSync(path, "utf8")));
}

/** Calls `enter(node, parent, key)` for every node, outermost first; false keeps it from going in. */
export function walk(node, enter, parent = null, key = "") {
  if (enter(node, parent, key) === false) return;
  for (const [name, value] of Object.entries(node))
    for (const child of Array.isArray(value) ? value : [value])
      if (typeof child?.type === "string") walk(child, enter, node, name);
}

export const lineOf = (text, offset) => text.slice(0, offset).split("\n").length;

/** "vscode.l10n.t" of such a callee; "" for what is no chain of names. */
export function nameOf(node) {
  if (node.type === "Identifier") return node.name;
  if (node.type === "ThisExpression") return "this";
  if (node.type !== "MemberExpression" || node.computed) return "";
  return `${nameOf(node.object)}.${node.property.name}`;
}

export const isTranslation = (node) =>
  node.type === "CallExpression" && /^(vscode\.)?l10n\.t$/.test(nameOf(node.callee));
