// Run by the editor, without its API, once the extension is uninstalled. Runs, and what living runs hold, stay.
import { dirname } from "node:path";
import { removeEnvironments } from "./environment/removal";
import { userData } from "./environment/userFolders";

// dist/uninstall.js lies in the extension, which lies in the folder of all extensions.
removeEnvironments(dirname(dirname(__dirname)), userData()).catch((error: unknown) => {
  console.error(`Tunesmith's environments were not removed: ${String(error)}`);
  process.exitCode = 1;
});
