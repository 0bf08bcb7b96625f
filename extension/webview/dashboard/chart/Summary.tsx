// The chart in words and as a table, for screen readers.
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
            <th>Run</th>
            <th>Points</th>
            <th>Last step</th>
            <th>Last value</th>
            <th>Least</th>
            <th>Greatest</th>
            <th>Not finite</th>
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
