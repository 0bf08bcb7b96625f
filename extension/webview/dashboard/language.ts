// The texts of the editor's language, which the host wrote into the page. Imported first: others speak as they load.
import { config } from "@vscode/l10n";

const bundle = document.getElementById("l10n")?.textContent;

if (bundle) {
  config({ contents: bundle });
}
