/** Finds texts that people would read and that go past `l10n.t`: such a text has only one language. */
import { isTranslation, lineOf, nameOf, walk } from "./sources.mjs";

/** What is called with texts for people: every argument is one. */
const SHOWING_CALLS =
  /(^|\.)(show(Information|Warning|Error)Message|setStatusBarMessage|createWebviewPanel|say)$/;
const SHOWING_CLASSES = /^(vscode\.)?([A-Z]\w*)?(Error|Failure|Failed|Refused|TreeItem|MarkdownString)$/;
/** Properties and JSX attributes that are shown or read out. */
const SHOWING_NAMES = new Set([
  "label",
  "description",
  "detail",
  "tooltip",
  "title",
  "prompt",
  "placeHolder",
  "placeholder",
  "text",
  "message",
  "word",
  "action",
  "alt",
  "aria-label",
  "aria-description",
  "aria-roledescription",
  "aria-valuetext",
]);
/** What is written for the log, or asked of the program itself. */
const UNSEEN_CALLS =
  /(^|\.)(log|info|warn|debug|trace|error|append|appendLine|includes|startsWith|endsWith|get|has|is|getElementById|querySelector\w*|closest|matches|executeCommand|addEventListener|removeEventListener|on|once|match|test|replace|replaceAll|split|join|setAttribute)$/;
const UNSEEN_ATTRIBUTES =
  /^(class|style|key|id|type|role|href|src|name|icon|value|d|viewBox|transform|aria-(hidden|haspopup|live|pressed|checked|expanded))$/;
/** Names that are the same in every language: the product's, codicons, and paths or tags such as train/loss. */
const SAME_EVERYWHERE = /\$\([\w~-]+\)|\b(Tunesmith|Python)\b|[\w.{}-]*\/[\w./{}-]+|&\w+;/g;
const LOOKS_LIKE_PROSE = /\p{L}{2,}[,:]? \p{L}{2,}|^\p{Lu}\p{Ll}+…?$/u;

const bare = (text) => text.replace(SAME_EVERYWHERE, "");
const hasWord = (text) => /\p{L}/u.test(bare(text));
const isProse = (text) => LOOKS_LIKE_PROSE.test(bare(text).trim());

/** The texts that an expression may turn out to be. */
function textsOf(node) {
  switch (node?.type) {
    case "Literal":
      return typeof node.value === "string" ? [{ node, text: node.value }] : [];
    case "TemplateLiteral":
      return [
        { node, text: node.quasis.map(({ value }) => value.cooked).join("\u0000") },
        ...node.expressions.flatMap(textsOf),
      ];
    case "ConditionalExpression":
      return [...textsOf(node.consequent), ...textsOf(node.alternate)];
    case "LogicalExpression":
      return [...textsOf(node.left), ...textsOf(node.right)];
    case "BinaryExpression":
      return node.operator === "+" ? [...textsOf(node.left), ...textsOf(node.right)] : [];
    case "ArrayExpression":
      return node.elements.flatMap(textsOf);
    case "SpreadElement":
      return textsOf(node.argument);
    case "ParenthesizedExpression":
    case "TSAsExpression":
    case "TSNonNullExpression":
    case "TSSatisfiesExpression":
    case "JSXExpressionContainer":
      return textsOf(node.expression);
    default:
      return [];
  }
}

/** The texts that this node shows, whatever they look like. */
function shown(node) {
  switch (node.type) {
    case "CallExpression":
      return SHOWING_CALLS.test(nameOf(node.callee)) ? shownArguments(node) : [];
    case "NewExpression":
      return SHOWING_CLASSES.test(nameOf(node.callee)) ? shownArguments(node) : [];
    case "Property":
      return SHOWING_NAMES.has(node.key.name ?? node.key.value) ? textsOf(node.value) : [];
    case "AssignmentExpression":
      return SHOWING_NAMES.has(node.left.property?.name) ? textsOf(node.right) : [];
    case "JSXAttribute":
      return SHOWING_NAMES.has(node.name.name) ? textsOf(node.value) : [];
    case "JSXText":
      return [{ node, text: node.value }];
    case "JSXElement":
    case "JSXFragment":
      return node.children.filter(({ type }) => type === "JSXExpressionContainer").flatMap(textsOf);
    default:
      return [];
  }
}

/** The type of a webview is its first argument, and no text. */
function shownArguments({ callee, arguments: given }) {
  return given.slice(nameOf(callee).endsWith("createWebviewPanel") ? 1 : 0).flatMap(textsOf);
}

/** Its second argument is what the log calls the work that failed. */
const isForLog = (node, parent) =>
  parent?.type === "CallExpression" && nameOf(parent.callee) === "report" && node === parent.arguments[1];

/** Where no text for people stands, however it looks. */
function isUnseen(node, parent, key) {
  if (isForLog(node, parent)) return true;
  if (/^(Import|Export(All|Named))|^TS(?!As|NonNull|Satisfies|Enum)/.test(node.type)) {
    return node.type !== "ExportNamedDeclaration";
  }
  if (isTranslation(node)) return true;
  if (node.type === "CallExpression" && UNSEEN_CALLS.test(nameOf(node.callee))) return true;
  if (node.type === "JSXAttribute" && UNSEEN_ATTRIBUTES.test(node.name.name)) return true;
  if (parent?.type === "Property" && key === "key") return true;
  if (parent?.type === "SwitchCase" && key === "test") return true;
  return parent?.type === "BinaryExpression" && parent.operator !== "+";
}

/** `{place, text}` of each text in a source that goes past `l10n.t`. */
export function literalsOf({ path, text, program }) {
  const found = new Map();
  const add = (node, said) =>
    found.set(node.start, {
      place: `${path}:${lineOf(text, node.start)}`,
      text: said.replaceAll("\u0000", "{}").trim(),
    });
  walk(program, (node, parent, key) => {
    if (isUnseen(node, parent, key)) return false;
    for (const { node: at, text: said } of shown(node)) if (hasWord(said)) add(at, said);
    if (node.type === "Literal" || node.type === "TemplateLiteral")
      for (const { node: at, text: said } of textsOf(node).slice(0, 1)) if (isProse(said)) add(at, said);
  });
  return [...found.values()];
}
