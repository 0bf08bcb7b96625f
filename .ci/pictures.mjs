/** `npm run pictures`: runs the browser tests and keeps the pictures that the README shows. */
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT, SCREENSHOTS } from "./setup/paths.mjs";
import { command, setUp } from "./setup.mjs";
import { runSuite } from "./tests/run-suite.mjs";
import { chooseSuites } from "./tests/suites.mjs";

const KEPT = [
  "mistake-light",
  "training-light",
  "reopened-dark",
  "debug-launched-dark",
  "linked-files-light",
  "inlay-hints-light",
  "loss-mask-lens-light",
  "dry-run-light",
];
const PICTURES = join(ROOT, "tests", "browser", "pictures");

command(async () => {
  await setUp({ browser: true });
  const rows = [];
  for (const suite of chooseSuites(["browser"])) rows.push(await runSuite(suite));
  if (rows.some(({ failed }) => failed > 0))
    throw new Error("The browser tests failed, so the pictures stay as they are.");
  mkdirSync(PICTURES, { recursive: true });
  for (const name of KEPT) copyFileSync(join(SCREENSHOTS, `${name}.png`), join(PICTURES, `${name}.png`));
  console.log(`Kept ${KEPT.join(", ")} in tests/browser/pictures.`);
});
