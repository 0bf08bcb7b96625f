import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { COMMAND_IDS } from "../../../extension/src/commands/ids";

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../extension/${name}`, import.meta.url), "utf8"));
const manifest = read("package.json");
const texts: Record<string, string> = read("package.nls.json");

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
    const guarded = manifest.contributes.commands
      .filter(({ enablement }: { enablement?: string }) => enablement === "isWorkspaceTrusted")
      .map(({ command }: { command: string }) => command);
    expect(guarded).toEqual([
      "tunesmith.train",
      "tunesmith.stop",
      "tunesmith.stopNow",
      "tunesmith.attachDebugger",
      "tunesmith.selectInterpreter",
    ]);
  });

  it("trusts no workspace with an interpreter", () => {
    const { restrictedConfigurations, supported } = manifest.capabilities.untrustedWorkspaces;
    expect(supported).toBe("limited");
    expect(restrictedConfigurations).toEqual(["tunesmith.daemon.python", "tunesmith.trainingInterpreter"]);
    expect(manifest.contributes.configuration.properties["tunesmith.daemon.python"].scope).toBe("machine");
  });
});
