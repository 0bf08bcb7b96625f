import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { BUNDLE, changed, LANGUAGES, lacking, MANIFEST_TEXTS, textsAt } from "../../../.ci/l10n/bundles.mjs";
import { literalsOf } from "../../../.ci/l10n/literals.mjs";
import { bundleOf, messagesOf } from "../../../.ci/l10n/messages.mjs";
import { parse, sources } from "../../../.ci/l10n/sources.mjs";

/** Texts that look as if people read them, and why they need no second language. */
const NOT_TRANSLATED: [place: RegExp, text: RegExp, why: string][] = [
  [/^src\/panels\/html\.ts:/, /^<!DOCTYPE html>/, "a document"],
  [/^webview\/dashboard\/theme\.ts:/, /^color-mix\(/, "a colour"],
  [/^src\/environment\/build\.ts:/, /^import /, "a program"],
  [
    /^src\/environment\/process\.ts:/,
    /^(did not start|ended with|exit code)/,
    "what a tool said, for the log",
  ],
  [/^src\/environment\/carried\.ts:/, /has no pip/, "a package that was made wrongly: no user meets it"],
  [/^shared\/rpc\.ts:/, /^No request is named/, "a fault of the program, met in development"],
];

const found = (source: string, path = "src/planted.tsx") =>
  literalsOf(parse(path, source)).map(({ text }) => text);

describe("the check for texts that have one language only", () => {
  it.each([
    ["a message", `vscode.window.showErrorMessage("lost");`, "lost"],
    ["a button of a message", `window.showInformationMessage(l10n.t("Done"), "again");`, "again"],
    ["a detail of a message", `show(text, { modal: true, detail: "gone" });`, "gone"],
    ["a failure", `throw new Failure(\`\${name} is odd\`);`, "{} is odd"],
    ["an error", `throw new Error("stopped");`, "stopped"],
    ["a status bar item", `item.text = "$(error) ended";`, "$(error) ended"],
    ["a tooltip, of two", `item.tooltip = failed ? "why" : l10n.t("Fine");`, "why"],
    ["a tree item", `const item = new vscode.TreeItem("older");`, "older"],
    ["a tree item's description", `item.description = value ?? "none";`, "none"],
    ["a label", `const items = [{ label: \`$(edit) \${"type"}\` }];`, "type"],
    ["a quick pick", `window.showQuickPick(items, { placeHolder: "which", title });`, "which"],
    ["an input box", `window.showInputBox({ prompt: "path" });`, "path"],
    ["a progress title", `window.withProgress({ location, title: "starting " + name }, task);`, "starting"],
    ["a code lens", `new CodeLens(range, { command, title: "train" });`, "train"],
    ["a panel", `window.createWebviewPanel("tunesmith.x", "charts", options);`, "charts"],
    ["JSX text", "const page = <p>no runs</p>;", "no runs"],
    ["JSX text beside a value", "const page = <p>{count} left</p>;", "left"],
    ["a JSX expression", `const page = <b>{log ? "log" : value}</b>;`, "log"],
    ["a name for readers", `const box = <input aria-label="draw" />;`, "draw"],
    ["a name put together", `const box = <input aria-label={\`draw \${run}\`} />;`, "draw {}"],
    ["a title", `const box = <i title="why" />;`, "why"],
    ["an input's hint", `const box = <input placeholder="filter" />;`, "filter"],
    ["an own component's label", `const button = <IconButton icon="close" label="dismiss" />;`, "dismiss"],
    ["a table of words", `const NAMES = { step: "Step" };`, "Step"],
    ["a sentence on its way", `const none = "There are no runs.";`, "There are no runs."],
    ["a sentence handed on", `ask("stop", {}, "Could not stop.");`, "Could not stop."],
    ["a returned sentence", `const age = (s: number) => \`no data for \${s}\`;`, "no data for {}"],
    ["an exported word", `export const NAME = "Runs";`, "Runs"],
  ])("finds %s", (_kind, source, text) => {
    expect(found(source)).toEqual([text]);
  });

  it.each([
    ["what is translated", `vscode.window.showErrorMessage(vscode.l10n.t("{0} is gone.", name));`],
    ["what is translated in a page", `const page = <p title={l10n.t("Why")}>{l10n.t("No runs yet.")}</p>;`],
    [
      "what is logged",
      `output.error(\`The page asked for \${name}\`); void report(output, "the daemon gave up", error);`,
    ],
    ["names that are the same everywhere", `item.text = \`Python \${version}\`; item.label = "train/loss";`],
    ["signs and icons", `const page = <p>{value} · {other} –</p>; item.text = \`$(loading~spin) \${name}\`;`],
    [
      "styles, roles and ids",
      `const box = <input class="Large box" type="search" role="Button text" id="the box" />;`,
    ],
    [
      "keys and comparisons",
      `const KEYS = { Escape: close }; const up = key === "Page Up"; switch (key) { case "Tab": }`,
    ],
    ["commands", `vscode.commands.executeCommand("workbench.trust.manage");`],
    ["imports and types", `import { a } from "Some Thing"; type Kind = "Step" | "Some words";`],
  ])("lets be %s", (_kind, source) => {
    expect(found(source)).toEqual([]);
  });
});

describe("the texts of the extension", () => {
  const all = sources();

  it("all go through l10n.t", () => {
    const literals = all.flatMap(literalsOf);
    const known = literals.map(({ place, text }) =>
      NOT_TRANSLATED.findIndex(([where, what]) => where.test(place) && what.test(text)),
    );
    expect(literals.filter((_, i) => known[i] === -1)).toEqual([]);
    expect(
      NOT_TRANSLATED.filter((_, i) => !known.includes(i)),
      "No longer said",
    ).toEqual([]);
  });

  it("are literals in l10n.t, or nobody could translate them", () => {
    expect(messagesOf(parse("a.ts", `l10n.t(name); l10n.t(\`to \${name}\`); l10n.t('fine')`))).toEqual({
      messages: ["fine"],
      unreadable: ["a.ts:1", "a.ts:1"],
    });
    expect(all.flatMap((source) => messagesOf(source).unreadable)).toEqual([]);
  });

  it("stand in the bundle that translators start from", () => {
    expect(readFileSync(BUNDLE, "utf8"), "Run: npm run l10n").toBe(
      `${JSON.stringify(bundleOf(all), null, 2)}\n`,
    );
  });
});

describe.each(LANGUAGES)("the texts in $language", ({ language, bundle, manifest }) => {
  const pairs: [string, Record<string, string>, Record<string, string>][] = [
    ["of the sources", textsAt(BUNDLE), textsAt(bundle)],
    ["of package.json", textsAt(MANIFEST_TEXTS), textsAt(manifest)],
  ];

  it.each(pairs)("are complete: those %s", (_which, source, translation) => {
    expect(lacking(source, translation), `Translate these into ${language}`).toEqual([]);
    expect(lacking(translation, source), "Said no more. Run: npm run l10n").toEqual([]);
  });

  it.each(pairs)("keep arguments, commands and code: those %s", (_which, source, translation) => {
    expect(changed(source, translation)).toEqual([]);
  });
});

it("an argument that a translation lost or invented is found", () => {
  const source = { a: "{0} of {1}", b: "Set `x`\n[Go](command:t.go)", c: "$(error) {0}" };
  expect(changed(source, { a: "{1}/{0}", b: "`x`[去](command:t.go)", c: "{0} $(error)" })).toEqual([]);
  expect(changed(source, { a: "{0}", b: "[去](command:t.go)", c: "{0}" })).toEqual(["a", "b", "c"]);
});
