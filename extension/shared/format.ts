// How runs and numbers are written in the whole interface. Pure: no editor, no page.
import type { Run } from "../src/protocol.gen";

/** "#3f2a": the end of the id, enough to tell runs apart by eye. */
export function runTag(run: Pick<Run, "id">): string {
  return `#${run.id.slice(-4)}`;
}

/** "sentiment #3f2a" */
export function runLabel(run: Pick<Run, "id" | "name">): string {
  return `${run.name} ${runTag(run)}`;
}

/** "1,250" */
export function count(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** "842 / 1,250", or "842" while the total is not known. */
export function steps(step: number, total: number | null): string {
  return total === null ? count(step) : `${count(step)} / ${count(total)}`;
}

/** "12 steps/s", or "3.2 s/step" when one takes longer than a second. */
export function pace(stepsPerSecond: number): string {
  return stepsPerSecond >= 1 ? `${figures(stepsPerSecond)} steps/s` : `${figures(1 / stepsPerSecond)} s/step`;
}

function figures(value: number): string {
  return value < 10 ? value.toFixed(1) : count(value);
}

/** A scalar in a list: "0.247", "13.2", "5.2e−5", "NaN". */
export function scalar(value: number): string {
  if (!Number.isFinite(value)) {
    return Number.isNaN(value) ? "NaN" : value > 0 ? "inf" : "−inf";
  }
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 100_000)) {
    return minus(value.toExponential(1).replace("e+", "e"));
  }
  return minus(value.toFixed(size < 10 ? 3 : size < 1000 ? 1 : 0));
}

/** "50 s", "4 min 07 s", "1 h 05 min" */
export function duration(seconds: number): string {
  const [hours, minutes, rest] = split(Math.round(seconds));
  if (hours > 0) {
    return `${hours} h ${pad(minutes)} min`;
  }
  return minutes > 0 ? `${minutes} min ${pad(rest)} s` : `${rest} s`;
}

/** The same with one unit, for places with little room: "50 s", "4 min", "1.1 h" */
export function roughly(seconds: number): string {
  if (seconds < 59.5) {
    return `${Math.round(seconds)} s`;
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function split(seconds: number): [hours: number, minutes: number, seconds: number] {
  return [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
}

function pad(value: number): string {
  return value.toString().padStart(2, "0");
}

/** With the sign that is as wide as a figure. */
export function minus(text: string): string {
  return text.replaceAll("-", "−");
}

/** "1.4 GB", "0.03 GB" */
export function gigabytes(bytes: number): string {
  const value = bytes / 1e9;
  return `${value.toFixed(value < 0.1 ? 2 : 1)} GB`;
}
