/** What the sources say through `l10n.t`: the bundle that translators start from. */
import { isTranslation, lineOf, walk } from "./sources.mjs";

/** The literal text of an expression; undefined for one that is put together while the program runs. */
function literal(node) {
  if (node?.type === "Literal" && typeof node.value === "string") return node.value;
  if (node?.type === "TemplateLiteral" && node.expressions.length === 0) return node.quasis[0].value.cooked;
}

/** The messages of one source, with the places where a text cannot be read, since it is no literal. */
export function messagesOf({ path, text, program }) {
  const messages = [];
  const unreadable = [];
  walk(program, (node) => {
    if (!isTranslation(node)) return;
    const message = literal(node.arguments[0]);
    if (message === undefined) unreadable.push(`${path}:${lineOf(text, node.start)}`);
    else messages.push(message);
  });
  return { messages, unreadable };
}

/** Message → message, sorted, as VS Code reads it from `bundle.l10n.json`. */
export function bundleOf(sources) {
  const found = sources.map(messagesOf);
  const unreadable = found.flatMap((each) => each.unreadable);
  if (unreadable.length > 0) throw new Error(`l10n.t needs a literal text: ${unreadable.join(", ")}`);
  const messages = [...new Set(found.flatMap((each) => each.messages))].sort();
  return Object.fromEntries(messages.map((message) => [message, message]));
}

/** The arguments of a message, such as ["0", "1"], sorted. */
export const argumentsOf = (message) =>
  [...new Set([...message.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort();
