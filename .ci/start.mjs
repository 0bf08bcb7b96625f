/** `npm start`: set-up, then a real VS Code on samples/ with the extension installed. */
import { command, setUp } from "./setup.mjs";
import { findDesktop, openDesktop } from "./workbench/desktop.mjs";
import { serveSamples } from "./workbench/serve.mjs";

command(async () => {
  await setUp({ browser: false });
  const desktop = findDesktop();
  await (desktop ? openDesktop(desktop) : serveSamples());
});
