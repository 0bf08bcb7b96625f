/** Colour themes, chosen as a user chooses them. A changed settings file alone is not noticed by an open window. */
import type { Page } from "playwright-core";
import { pick, runCommand } from "./palette.ts";

export const THEMES = {
  light: { name: "Light Modern", mark: "vs" },
  dark: { name: "Dark Modern", mark: "vs-dark" },
} as const;

export type Theme = keyof typeof THEMES;

export async function wear(page: Page, theme: Theme): Promise<void> {
  const { name, mark } = THEMES[theme];
  const worn = page.locator(`.monaco-workbench.${mark}`);
  if (await worn.isVisible()) return;
  await runCommand(page, "Preferences: Color Theme", { opensAnother: true });
  await pick(page, name, name);
  await worn.waitFor();
}
