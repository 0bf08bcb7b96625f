/** The Chromium of the tests, headless. */
import { type Browser, chromium } from "playwright-core";
import { findChromium } from "../../.ci/setup/system.mjs";

const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error("No Chromium found. Install one, or set CHROMIUM=/path/to/it");
  return chromium.launch({ executablePath, headless: true, args: QUIET });
}
