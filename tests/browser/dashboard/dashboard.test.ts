/** The dashboard does what it says, with a real canvas in a real browser. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { SCREENSHOTS } from "../../../.ci/setup/paths.mjs";
import { launchBrowser } from "../../workbench/browser.ts";
import { BASELINE, GOOD, HOT, LIVE } from "./history.ts";
import { chart, drawnStep, hover, openDashboard, pixelsOf, row } from "./page.ts";
import { type Site, serveDashboard } from "./site.ts";

const BLUE: [number, number, number] = [0x72, 0x99, 0xfa];
const BLUE_IN_LIGHT: [number, number, number] = [0x26, 0x49, 0xc0];
const RED: [number, number, number] = [0xf1, 0x4c, 0x4c];
/** The lane of marks, as a part of a pinned chart's height. */
const LANE: [number, number] = [0, 0.08];

let browser: Browser;
let site: Site;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  [browser, site] = await Promise.all([launchBrowser(), serveDashboard()]);
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

beforeEach(async () => {
  ({ page, complaints } = await openDashboard(browser, site));
});

afterEach(async () => {
  await page.close();
  expect(complaints).toEqual([]);
});

const values = (tag: string) => chart(page, tag).locator(".values > span");

test("history is drawn: every run to its last step, in its colour", async () => {
  for (const [run, step] of [
    [LIVE, 840],
    [GOOD, 1250],
    [HOT, 612],
    [BASELINE, 1250],
  ] as const) {
    await expect.poll(() => drawnStep(page, run, "train/loss")).toBe(step);
  }
  expect(await pixelsOf(page, "train/loss", BLUE)).toBeGreaterThan(300);
  expect(await values("eval/f1").allTextContents()).toEqual(["0.881", "0.858", "0.898", "0.890"]);
});

test("a point that comes is drawn in the next frame, and the page says Live", async () => {
  await expect.poll(() => drawnStep(page, LIVE, "train/loss")).toBe(840);
  const sent = await page.evaluate((id) => {
    const at = Date.now();
    theHost.log(id, 845, 0.2222);
    return at;
  }, LIVE);
  await expect.poll(() => drawnStep(page, LIVE, "train/loss")).toBe(845);
  const { at } = await page.evaluate((id) => __tunesmith.drawn[id]?.["train/loss"] ?? { at: 0 }, LIVE);
  expect(at).toBeGreaterThanOrEqual(sent);
  await expect.poll(() => page.locator(".live").getAttribute("data-kind")).toBe("live");
  await expect.poll(() => row(page, LIVE).textContent()).toContain("845 / 1,250");
  await expect.poll(() => row(page, LIVE).textContent()).toContain("0.2222");
});

test("a burst of points makes one draw a frame, not one a point", async () => {
  await expect.poll(() => drawnStep(page, LIVE, "train/loss")).toBe(840);
  const { draws, frames } = await page.evaluate(async (id) => {
    let draws = 0;
    let frames = 0;
    const { clearRect } = CanvasRenderingContext2D.prototype;
    const plot = document.querySelector('.chart[data-tag="train/loss"] .uplot canvas') as HTMLCanvasElement;
    CanvasRenderingContext2D.prototype.clearRect = function (...area) {
      draws += this.canvas === plot ? 1 : 0;
      clearRect.apply(this, area);
    };
    const counting = () => {
      frames++;
      requestAnimationFrame(counting);
    };
    requestAnimationFrame(counting);
    for (let step = 845; step < 1045; step++) {
      theHost.log(id, step, 0.25);
    }
    const last = () => __tunesmith.drawn[id]?.["train/loss"]?.step;
    while (last() !== 1044) {
      await new Promise((done) => requestAnimationFrame(done));
    }
    CanvasRenderingContext2D.prototype.clearRect = clearRect;
    return { draws, frames };
  }, LIVE);
  expect(draws).toBeGreaterThan(0);
  expect(draws).toBeLessThanOrEqual(frames + 1);
});

test("NaN breaks the line, stands as a red mark in the lane, and is said in words", async () => {
  await expect.poll(() => drawnStep(page, HOT, "train/loss")).toBe(612);
  expect(await pixelsOf(page, "train/loss", RED, LANE)).toBeGreaterThan(8);
  expect(await pixelsOf(page, "eval/f1", RED, LANE)).toBe(0);
  expect(await values("train/loss").nth(1).textContent()).toBe("NaN");
  expect(await chart(page, "train/loss").locator("p").first().textContent()).toContain(
    "#b239 NaN at step 612, 1 value not finite",
  );
  await page.evaluate((id) => theHost.log(id, 845, Number.NaN), LIVE);
  await expect.poll(() => values("train/loss").nth(3).textContent()).toBe("NaN");
});

test("a run is hidden and shown again by its swatch", async () => {
  await expect.poll(() => values("train/loss").count()).toBe(4);
  const before = await pixelsOf(page, "train/loss", BLUE);
  await row(page, BASELINE).getByRole("checkbox").click();
  await expect.poll(() => values("train/loss").count()).toBe(3);
  await expect.poll(() => pixelsOf(page, "train/loss", BLUE)).toBeLessThan(before / 10);
  await row(page, BASELINE).getByRole("checkbox").click();
  await expect.poll(() => values("train/loss").count()).toBe(4);
  await expect.poll(() => pixelsOf(page, "train/loss", BLUE)).toBe(before);
});

test("a run keeps its colour when the page is made anew", async () => {
  const lastKept = () =>
    page.evaluate(() => theHost.requested.filter(({ name }) => name === "saveView").at(-1)?.params);
  const colors = { [BASELINE]: 0, [HOT]: 1, [GOOD]: 2, [LIVE]: 3 };
  await expect.poll(lastKept).toMatchObject({ view: { colors } });
  await page.goto(`${site.url}?colors=${encodeURIComponent(JSON.stringify({ [LIVE]: 0, gone: 1 }))}`);
  const swatch = (run: string) =>
    row(page, run)
      .getByRole("checkbox")
      .evaluate((box) => (box as HTMLElement).style.getPropertyValue("--swatch"));
  await expect.poll(() => swatch(LIVE)).toBe("#7299FA");
  expect(await swatch(BASELINE)).not.toBe("#7299FA");
});

test("an error reply stands at the run it is about, and can be tried again", async () => {
  await page.evaluate(() => theHost.fail("stop", "The supervisor does not answer."));
  await row(page, LIVE).getByRole("button", { name: /^Stop/ }).click();
  const notice = page.getByRole("alert");
  await expect
    .poll(() => notice.textContent())
    .toContain("Could not stop the run. The supervisor does not answer.");
  await page.evaluate(() => theHost.mend("stop"));
  await notice.getByRole("button", { name: "Try again" }).click();
  await expect.poll(() => notice.count()).toBe(0);
  await expect
    .poll(() => page.evaluate(() => theHost.requested.filter(({ name }) => name === "stop")))
    .toEqual(Array(2).fill({ name: "stop", params: { runId: LIVE, force: false } }));
});

test("history that cannot be read leaves the other lines, and says so", async () => {
  await expect.poll(() => values("train/loss").count()).toBe(4);
  await row(page, GOOD).getByRole("checkbox").click();
  await expect.poll(() => values("train/loss").count()).toBe(3);
  await page.evaluate(() => theHost.fail("draw", "events.out.tfevents.1 is gone."));
  await row(page, GOOD).getByRole("checkbox").click();
  await expect.poll(() => page.getByRole("alert").textContent()).toContain("events.out.tfevents.1 is gone.");
  expect(await row(page, GOOD).getByRole("checkbox").isChecked()).toBe(false);
  expect(await values("train/loss").count()).toBe(3);
});

test("the crosshair stands on a logged step, in all charts; only the hovered one has a tooltip", async () => {
  await hover(page, "train/loss", 0.47);
  await page.locator(".tooltip").waitFor();
  expect(await page.locator(".tooltip").count()).toBe(1);
  expect(await page.locator(".tooltip b").textContent()).toMatch(/^Step \d+[05]$/);
  expect(await page.locator(".tooltip tbody tr").first().textContent()).toContain("#b239");
  await expect.poll(() => values("eval/f1").nth(1).textContent()).toBe("–");
  await page.keyboard.press("ArrowLeft");
  const step = Number((await page.locator(".tooltip b").textContent())?.replace("Step ", ""));
  await page.keyboard.press("Shift+ArrowLeft");
  await expect.poll(() => page.locator(".tooltip b").textContent()).toBe(`Step ${step - 50}`);
  await page.keyboard.press("Escape");
  await expect.poll(() => page.locator(".tooltip").count()).toBe(0);
});

test("in a narrow place there is no floating tooltip: the table says the values", async () => {
  await page.setViewportSize({ width: 480, height: 900 });
  await page.locator("select[aria-label='X axis']").waitFor();
  await hover(page, "train/loss", 0.47);
  await page.locator(".runs .place").waitFor();
  expect(await page.locator(".tooltip").count()).toBe(0);
  expect(await row(page, LIVE).locator("td.number").nth(1).textContent()).toMatch(/^0\.8\d{3}$/);
});

test("keys: smoothing, log scale, pin, x axis, search", async () => {
  await expect.poll(() => values("train/loss").count()).toBe(4);
  await hover(page, "train/grad_norm", 0.5);
  const smoothing = page.locator("output.figure");
  await page.keyboard.press("s");
  await expect.poll(() => smoothing.textContent()).toBe("0");
  await page.keyboard.press("s");
  await expect.poll(() => smoothing.textContent()).toBe("0.60");
  await page.keyboard.press("l");
  await chart(page, "train/grad_norm").locator(".note", { hasText: "log" }).waitFor();
  await page.keyboard.press("p");
  await page.locator('.pinned .chart[data-tag="train/grad_norm"]').waitFor();
  await page.keyboard.press("x");
  await page.getByRole("button", { name: "Epoch", pressed: true }).waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("speed");
  await page.getByText("No chart matches “speed”.").waitFor();
  await page.getByRole("button", { name: "Clear filter" }).click();
  await expect
    .poll(() =>
      page.evaluate(() => theHost.requested.filter(({ name }) => name === "saveView").at(-1)?.params),
    )
    .toMatchObject({ view: { xAxis: "epoch", logScale: ["train/grad_norm"], smoothing: 0.6 } });
});

test("a stretch of steps is zoomed into with the pointer, and left with a key", async () => {
  await expect.poll(() => values("train/loss").count()).toBe(4);
  await hover(page, "train/loss", 0.4);
  await page.mouse.down();
  await hover(page, "train/loss", 0.6);
  await page.mouse.up();
  await page.getByText(/^steps 5\d\d to 7\d\d$/).waitFor();
  expect(await page.getByRole("button", { name: "Reset zoom" }).count()).toBe(1);
  await page.keyboard.press("0");
  await expect.poll(() => page.getByText(/^steps/).count()).toBe(0);
});

test("a run that ended before it logged anything says why, and offers its log", async () => {
  await page.goto(`${site.url}?story=failed`);
  await page.getByText("Did not start: No module named 'torch'. Nothing was logged.").waitFor();
  await page.getByRole("button", { name: "Open log" }).first().click();
  await expect
    .poll(() => page.evaluate(() => theHost.requested.map(({ name }) => name)))
    .toContain("openLog");
});

test("another theme draws the charts anew", async () => {
  await expect.poll(() => pixelsOf(page, "train/loss", BLUE)).toBeGreaterThan(300);
  await page.evaluate(() => theHost.wear("light"));
  await expect.poll(() => pixelsOf(page, "train/loss", BLUE_IN_LIGHT)).toBeGreaterThan(300);
  expect(await pixelsOf(page, "train/loss", BLUE)).toBe(0);
});

test("the daemon goes away and comes back", async () => {
  await page.evaluate(() => theHost.send("connection", { connected: false }));
  await page.getByText("Not connected to the Tunesmith daemon.").waitFor();
  expect(await page.locator(".live").getAttribute("data-kind")).toBe("disconnected");
  expect(await values("train/loss").count()).toBe(4);
  await page.evaluate(() => theHost.send("connection", { connected: true }));
  await expect.poll(() => page.getByRole("alert").count()).toBe(0);
});

test("history that comes anew replaces what is drawn", async () => {
  await expect.poll(() => drawnStep(page, LIVE, "train/loss")).toBe(840);
  await page.evaluate((id) => theHost.hydrateLong(id, 10_000, 7), LIVE);
  await expect.poll(() => drawnStep(page, LIVE, "train/loss")).toBe(10_000);
  await chart(page, "train/entropy").waitFor();
});

test("without runs there is one line and one button, which trains", async () => {
  await page.goto(`${site.url}?empty`);
  await page.getByText("No runs yet. Train the open recipe.").waitFor();
  await page.getByRole("button", { name: "Train" }).click();
  await expect.poll(() => page.evaluate(() => theHost.requested.map(({ name }) => name))).toContain("train");
});

test("a page that cannot be filled says why, and tries again", async () => {
  await page.goto(`${site.url}?fail=The+daemon+did+not+start.`);
  await page.getByText("Could not read the runs. The daemon did not start.").waitFor();
  await page.evaluate(() => theHost.mend("ready"));
  await page.getByRole("button", { name: "Try again" }).click();
  await expect.poll(() => drawnStep(page, LIVE, "train/loss")).toBe(840);
});

test("what the ranks use is folded away under a line of values, and unfolds to a chart a rank", async () => {
  const group = page.getByRole("region", { name: "resources" });
  await group.getByRole("button", { expanded: false }).waitFor();
  await expect.poll(() => group.textContent()).toContain("rank-0/cpu_percent");
  await group.getByRole("button").first().click();
  await group.scrollIntoViewIfNeeded();
  await expect.poll(() => drawnStep(page, LIVE, "resources/rank-1/memory_gb")).toBe(840);
  expect(await page.locator(".live").textContent()).toContain("2 ranks");
  expect(await row(page, LIVE).textContent()).toContain("Running, 2 ranks");
  await page.screenshot({ path: join(SCREENSHOTS, "dashboard-page-resources.png") });
});

test("the page speaks the editor's language", async () => {
  await page.goto(`${site.url}zh-cn`);
  await page.getByRole("columnheader", { name: "剩余时间" }).waitFor();
  await page.getByPlaceholder("筛选图表").fill("speed");
  await page.getByText("没有与“speed”匹配的图表。").waitFor();
  await page.getByRole("button", { name: "清除筛选" }).click();
  await chart(page, "train/loss").waitFor();
  const english = [/\bStep\b/, /\bRuns?\b/, /Smooth/, /Running/, /Finished/, /Pinned/, /drawn/];
  const said = await page.locator("#root").innerText();
  expect(english.filter((word) => word.test(said))).toEqual([]);
});
