// The chart in words and as a table, for screen readers.
import * as l10n from "@vscode/l10n";
import { summaryRows, summaryText } from "../model/summary";
import { linesOf, shape, theme, unhurried } from "../state";

export function Summary({ tag }: { tag: string }) {
  unhurried.value;
  shape.value;
  theme.value;
  const lines = linesOf(tag);
  return (
    <div class="visually-hidden">
      <p>{summaryText(tag, lines)}</p>
      <table>
        <caption>{tag}</caption>
        <thead>
          <tr>
            <th>{l10n.t("Run")}</th>
            <th>{l10n.t("Points")}</th>
            <th>{l10n.t("Last step")}</th>
            <th>{l10n.t("Last value")}</th>
            <th>{l10n.t("Least")}</th>
            <th>{l10n.t("Greatest")}</th>
            <th>{l10n.t("Not finite")}</th>
          </tr>
        </thead>
        <tbody>
          {summaryRows(lines).map((row) => (
            <tr key={row.runId}>
              <th>{row.label}</th>
              <td>{row.points}</td>
              <td>{row.step}</td>
              <td>{row.last}</td>
              <td>{row.least}</td>
              <td>{row.greatest}</td>
              <td>{row.nonFinite}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
