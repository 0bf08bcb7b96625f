import { readFileSync, statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { COMMAND_IDS } from "../../../extension/src/commands/ids";
import { CONTEXT_KEYS } from "../../../extension/src/models/keys";

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../extension/${name}`, import.meta.url), "utf8"));
const manifest = read("package.json");
const texts: Record<string, string> = read("package.nls.json");

interface Contributed {
  command: string;
  title: string;
  category?: string;
  icon?: string;
  enablement?: string;
}

const commands: Contributed[] = manifest.contributes.commands;
const codiconNames = new URL("../../../node_modules/@vscode/codicons/dist/codicon.css", import.meta.url);
const codicons = [...readFileSync(codiconNames, "utf8").matchAll(/\.codicon-([\w-]+):before/g)].map(
  ([, name]) => name,
);

describe("the manifest", () => {
  it("contributes exactly the commands that are registered", () => {
    const contributed = manifest.contributes.commands.map(({ command }: { command: string }) => command);
    expect(contributed.sort()).toEqual([...COMMAND_IDS].sort());
  });

  it("shows only commands that it contributes", () => {
    const shown = Object.values<{ command: string }[]>(manifest.contributes.menus).flat();
    expect(shown.map(({ command }) => command).filter((id) => !COMMAND_IDS.includes(id as never))).toEqual(
      [],
    );
  });

  it("has a text for every %key%, and no text that nothing shows", () => {
    const used = [...JSON.stringify(manifest).matchAll(/"%([^%"]+)%"/g)].map((match) => match[1] ?? "");
    expect([...new Set(used)].sort()).toEqual(Object.keys(texts).sort());
  });

  it("starts, stops and selects nothing in a workspace that is not trusted", () => {
    const guarded = commands.filter(({ enablement }) => /^isWorkspaceTrusted\b/.test(enablement ?? ""));
    expect(guarded.map(({ command }) => command).sort()).toEqual([
      "tunesmith.attachDebugger",
      "tunesmith.continueRun",
      "tunesmith.debug",
      "tunesmith.deleteRun",
      "tunesmith.dryRun",
      "tunesmith.editNote",
      "tunesmith.editTags",
      "tunesmith.emptyTrash",
      "tunesmith.moveUpInQueue",
      "tunesmith.openRunCode",
      "tunesmith.pauseRun",
      "tunesmith.removeRunCode",
      "tunesmith.restoreRun",
      "tunesmith.resumeRun",
      "tunesmith.selectInterpreter",
      "tunesmith.startNow",
      "tunesmith.stop",
      "tunesmith.stopAfterEpoch",
      "tunesmith.stopNow",
      "tunesmith.train",
      "tunesmith.trainAgain",
      "tunesmith.trainAgainAsItWas",
      "tunesmith.trainInQueue",
    ]);
  });

  it.each(commands)("$command is listed under Tunesmith, with a name and an icon of VS Code", (command) => {
    expect(command.category).toBe("Tunesmith");
    expect(command.title).toBe(`%command.${command.command.replace("tunesmith.", "")}%`);
    expect(codicons).toContain(/^\$\(([\w-]+)\)$/.exec(command.icon ?? "")?.[1]);
  });

  it("asks only for what the editor or the extension tells, and tells nothing that nobody asks for", () => {
    const asked = [...JSON.stringify(manifest).matchAll(/\btunesmith\.(has\w+|notSetUp)\b/g)];
    const keys = new Set(asked.map(([, name]) => name));
    expect([...keys].sort()).toEqual([...CONTEXT_KEYS, "notSetUp"].sort());
  });

  it("stops and attaches only to what is alive, and shows only what there is", () => {
    const enablement = Object.fromEntries(commands.map((command) => [command.command, command.enablement]));
    expect(enablement["tunesmith.stop"]).toContain("tunesmith.hasAliveRuns");
    expect(enablement["tunesmith.pauseRun"]).toContain("tunesmith.hasRunningRuns");
    expect(enablement["tunesmith.stopNow"]).toContain("tunesmith.hasRunningRuns");
    expect(enablement["tunesmith.attachDebugger"]).toContain("tunesmith.hasAliveRuns");
    for (const name of ["showLog", "openRecipe", "revealRunFolder"]) {
      expect(enablement[`tunesmith.${name}`]).toBe("tunesmith.hasRuns");
    }
  });

  it("describes every setting, in an order, with a scope", () => {
    const settings: Record<string, unknown>[] = Object.values(manifest.contributes.configuration.properties);
    for (const { markdownDescription, scope, order } of settings) {
      expect(markdownDescription).toMatch(/^%setting\.[\w.]+%$/);
      expect(scope).toMatch(/^(machine|machine-overridable|window|resource)$/);
      expect(order).toEqual(expect.any(Number));
    }
    expect(new Set(settings.map(({ order }) => order)).size).toBe(settings.length);
  });

  it("walks through steps that have a picture, and that end with what the extension or the editor tells", () => {
    const [walkthrough] = manifest.contributes.walkthroughs;
    expect(walkthrough.steps.map(({ id }: { id: string }) => id)).toEqual([
      "sample",
      "interpreter",
      "fix",
      "train",
      "watch",
      "debug",
    ]);
    for (const { id, media, completionEvents, description } of walkthrough.steps) {
      const size = statSync(new URL(`../../../extension/${media.svg}`, import.meta.url)).size;
      expect(size).toBeLessThan(10_000);
      expect(completionEvents).toContain(`onContext:tunesmith.done.${id}`);
      const links = [...(texts[description.slice(1, -1)]?.matchAll(/\(command:(tunesmith\.\w+)\)/g) ?? [])];
      expect(links.map(([, id]) => id).filter((id) => !COMMAND_IDS.includes(id as never))).toEqual([]);
    }
  });

  it("trusts no workspace with an interpreter", () => {
    const { restrictedConfigurations, supported } = manifest.capabilities.untrustedWorkspaces;
    expect(supported).toBe("limited");
    expect(restrictedConfigurations).toEqual(["tunesmith.daemon.python", "tunesmith.trainingInterpreter"]);
    expect(manifest.contributes.configuration.properties["tunesmith.daemon.python"].scope).toBe("machine");
  });
});
