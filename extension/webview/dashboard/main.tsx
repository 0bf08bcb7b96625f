// The dashboard: charts of the drawn runs over a docked table of all runs.
import "./language";
import { render } from "preact";
import "@vscode/codicons/dist/codicon.css";
import "uplot/dist/uPlot.min.css";
import "./styles/base.css";
import "./styles/toolbar.css";
import "./styles/charts.css";
import "./styles/grid.css";
import "./styles/runs.css";
import { load } from "./actions";
import { onKey } from "./keys";
import { Page } from "./parts/Page";
import { now, revision, theme, unhurried, width } from "./state";
import { onThemeChange, readTheme } from "./theme";

const root = document.getElementById("root") as HTMLElement;

new ResizeObserver(() => {
  width.value = root.clientWidth;
}).observe(root);
onThemeChange(() => {
  theme.value = readTheme();
});
document.addEventListener("keydown", onKey);
tick();
render(<Page />, root);
load();

function tick(): void {
  const told = { at: 0, revision: 0 };
  setInterval(() => {
    now.value = Date.now() / 1000;
    if (told.revision !== revision.value && Date.now() - told.at > 900) {
      unhurried.value++;
      told.at = Date.now();
      told.revision = revision.value;
    }
  }, 200);
}
