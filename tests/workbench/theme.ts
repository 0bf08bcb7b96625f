/** Colour themes, chosen as a user chooses them. A changed settings file alone is not noticed by an open window. */
import type { Page } from "playwright-core";
import { runCommand, tryToPick } from "./palette.ts";

export const THEMES = {
  light: { name: "Light Modern", mark: "vs" },
  dark: { name: "Dark Modern", mark: "vs-dark" },
} as const;

export type Theme = keyof typeof THEMES;

const WORN_WITHIN_MS = 60_000;

export async function wear(page: Page, theme: Theme): Promise<void> {
  const { name, mark } = THEMES[theme];
  const worn = page.locator(`.monaco-workbench.${mark}`);
  for (const until = Date.now() + WORN_WITHIN_MS; !(await worn.isVisible()); ) {
    if (Date.now() > until) throw new Error(`The window does not wear ${name}`);
    await runCommand(page, "Preferences: Color Theme", { opensAnother: true });
    await tryToPick(page, name, name);
  }
}
