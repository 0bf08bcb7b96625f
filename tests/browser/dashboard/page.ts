/** The dashboard alone in a browser, as the tests use it. */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type {} from "../../../extension/webview/dashboard/record.ts";
import type {} from "./fakeHost.ts";
import type { Site } from "./site.ts";
import type { ThemeName } from "./themes.ts";

export interface Opened {
  page: Page;
  /** What the page complained about: a forbidden style, an exception. */
  complaints: string[];
}

interface Wish {
  width?: number;
  height?: number;
  theme?: ThemeName;
  query?: string;
  context?: BrowserContextOptions;
}

export async function openDashboard(browser: Browser, site: Site, wish: Wish = {}): Promise<Opened> {
  const { width = 1400, height = 850, theme = "dark", query = "", context = {} } = wish;
  const page = await browser.newPage({ viewport: { width, height }, ...context });
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") {
      complaints.push(message.text());
    }
  });
  await page.goto(`${site.url}?theme=${theme}&${query}`);
  return { page, complaints };
}

/** The last step of a run's tag that is on a canvas; -1 when there is none. */
export function drawnStep(page: Page, runId: string, tag: string): Promise<number> {
  return page.evaluate(([id, name]) => globalThis.__tunesmith.drawn[id]?.[name]?.step ?? -1, [
    runId,
    tag,
  ] as const);
}

export function chart(page: Page, tag: string) {
  return page.locator(`.chart[data-tag="${tag}"]`);
}

export function row(page: Page, runId: string) {
  return page.locator(`tr[data-run="${runId}"]`);
}

/** Pixels of a chart's canvas in (nearly) this colour, counted in a stretch of its height from 0 to 1. */
export function pixelsOf(
  page: Page,
  tag: string,
  color: [number, number, number],
  within: [top: number, bottom: number] = [0, 1],
): Promise<number> {
  return chart(page, tag)
    .locator(".uplot canvas")
    .first()
    .evaluate(
      (canvas, { wanted, part }) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const copy = new OffscreenCanvas(width, height);
        const ctx = copy.getContext("2d", { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
        ctx.drawImage(canvas as HTMLCanvasElement, 0, 0);
        const [top, bottom] = part.map((each) => Math.round(each * height)) as [number, number];
        const { data } = ctx.getImageData(0, top, width, bottom - top);
        let count = 0;
        for (let i = 0; i < data.length; i += 4) {
          const near = wanted.every((each, channel) => Math.abs((data[i + channel] as number) - each) < 12);
          count += near && (data[i + 3] as number) > 200 ? 1 : 0;
        }
        return count;
      },
      { wanted: color, part: within },
    );
}

/** Points at a chart, `part` of its width from the left. */
export async function hover(page: Page, tag: string, part: number): Promise<void> {
  const box = await chart(page, tag).locator(".u-over").boundingBox();
  if (!box) throw new Error(`The chart of ${tag} has no plot`);
  await page.mouse.move(box.x + box.width * part, box.y + box.height * 0.4);
}

/** Two frames: one in which the page draws, one in which it is seen. */
export function twoFrames(page: Page): Promise<void> {
  return page.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );
}
