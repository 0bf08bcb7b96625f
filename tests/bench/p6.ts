/** P6: from an event written to the chart redrawn with it, while four runs stream. */
import { watchPage } from "./page.ts";
import { type Figure, type Measured, row } from "./row.ts";
import { median, quantile } from "./stats.ts";
import { delays, RUNS, type Seen, STEPS_PER_SECOND, Streams } from "./streams.ts";
import { pollTensorBoard } from "./tensorboard.ts";

const WATCHED_MS = 40_000;
/** The last events may still be on their way when the watching ends. */
const MARGIN_MS = 5_000;

const SERVED =
  "TensorBoard --reload_interval 1, its Rust data server: written → in an HTTP reply, no drawing";
const RELOADED = "TensorBoard's page, reload every 30 s: its documented default, stated, not measured";

export async function measureLive(say: (line: string) => void): Promise<Measured[]> {
  const ours = await streamed(watchPage);
  say(`the dashboard: median ${median(ours).toFixed(0)} ms of ${ours.length} events`);
  const theirs = await streamed(pollTensorBoard);
  say(`TensorBoard's data server: median ${median(theirs).toFixed(0)} ms of ${theirs.length} events`);
  const what = `event written → canvas redrawn, ${RUNS} runs × ${STEPS_PER_SECOND} steps/s`;
  const figure = (part: number, name: string): Figure => ({
    what: `${what}, ${name}`,
    value: quantile(ours, part),
    unit: "ms",
    peer: { name: SERVED, value: quantile(theirs, part) },
  });
  return [
    row({ ...figure(0.95, "p95"), goal: { text: "≤ 150 ms", most: 150, of: "value" } }),
    row(figure(0.5, "median")),
    row({
      what: `${what}, p95`,
      value: quantile(ours, 0.95),
      unit: "ms",
      peer: { name: RELOADED, value: 30_000 },
    }),
  ];
}

/** The delays of all events that were written well within the time of watching. */
async function streamed(watch: (streams: Streams, forMs: number) => Promise<Seen[]>): Promise<number[]> {
  const streams = new Streams();
  try {
    const seen = await watch(streams, WATCHED_MS);
    const from = Math.max(...[...streams.runs].map((run) => seen.find((each) => each.run === run)?.at ?? 0));
    return delays(streams.written, seen, from, from + WATCHED_MS - MARGIN_MS);
  } finally {
    await streams.stop();
  }
}
