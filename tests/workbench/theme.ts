/** Colour themes, set the way a user's settings set them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { CodeServer } from "../../.ci/workbench/code-server.mjs";
import { writeSettings } from "../../.ci/workbench/settings.mjs";

export const THEMES = {
  light: { setting: "Light Modern", mark: "vs" },
  dark: { setting: "Dark Modern", mark: "vs-dark" },
} as const;

export type Theme = keyof typeof THEMES;

/** Changes the user settings on disk and waits until the window wears the theme. */
export async function wear(page: Page, server: CodeServer, theme: Theme): Promise<void> {
  const path = join(server.home, "user-data", "User", "settings.json");
  const settings = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  writeSettings(path, { ...settings, "workbench.colorTheme": THEMES[theme].setting });
  await page.locator(`.monaco-workbench.${THEMES[theme].mark}`).waitFor();
}
