/** The dashboard in a real workbench, and which step it showed when. */
import { dashboard, drawn } from "../workbench/dashboard.ts";
import { runCommand } from "../workbench/palette.ts";
import { startWorkbench } from "../workbench/workbench.ts";
import { RUNS, type Seen, type Streams, TAG } from "./streams.ts";

const UP_WITHIN_MS = 60_000;

type Page = Parameters<typeof dashboard>[0];
type Drawn = Awaited<ReturnType<typeof drawn>>;
type Recording = { __tunesmith: { drawn: Drawn }; __seen: Seen[] };

/** Opens the dashboard on all runs and watches its canvases for this long. */
export async function watchPage(streams: Streams, forMs: number): Promise<Seen[]> {
  const workbench = await startWorkbench({ folder: streams.folder });
  try {
    const page = await workbench.open();
    await page.locator(".statusbar-item", { hasText: /#bbb\d/ }).waitFor({ timeout: UP_WITHIN_MS });
    await runCommand(page, "Tunesmith: Open Dashboard");
    await drawAll(page);
    await record(page);
    await page.waitForTimeout(forMs);
    return await recorded(page);
  } finally {
    await workbench.close();
  }
}

async function drawAll(page: Page): Promise<void> {
  const boxes = dashboard(page).getByRole("checkbox", { name: /^Draw / });
  await boxes.nth(RUNS - 1).waitFor({ timeout: UP_WITHIN_MS });
  for (let number = 0; number < RUNS; number++) await boxes.nth(number).check();
  for (const until = Date.now() + UP_WITHIN_MS; ; await page.waitForTimeout(100)) {
    const runs = Object.values(await drawn(page)).filter((tags) => TAG in tags);
    if (runs.length === RUNS) return;
    if (Date.now() > until) throw new Error(`${runs.length} of ${RUNS} runs were drawn`);
  }
}

/** In every frame: which runs have a new step on their canvas? The time is taken after that frame was painted. */
async function record(page: Page): Promise<void> {
  await dashboard(page)
    .locator("body")
    .evaluate((_, tag) => {
      const recording = globalThis as unknown as Recording;
      const seen: Seen[] = [];
      recording.__seen = seen;
      const steps = new Map<string, number>();
      const painted = new MessageChannel();
      painted.port1.onmessage = ({ data }) => seen.push({ ...data, at: Date.now() });
      const look = () => {
        for (const [run, tags] of Object.entries(recording.__tunesmith.drawn)) {
          const step = tags[tag]?.step ?? -1;
          if (step === steps.get(run)) continue;
          steps.set(run, step);
          painted.port2.postMessage({ run, step });
        }
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    }, TAG);
}

const recorded = (page: Page): Promise<Seen[]> =>
  dashboard(page)
    .locator("body")
    .evaluate(() => (globalThis as unknown as Recording).__seen);
