// One canvas: uPlot keeps its size, axes and scales; lines and marks are painted from a scene.
import uPlot from "uplot";
import type { ViewSettings } from "../../../shared/messages";
import type { Projection } from "../model/decimate";
import { type Line, sliceOf } from "../model/line";
import { type Range, type YRange, yRange } from "../model/range";
import { type Scene, sceneOf } from "../model/scene";
import * as ticks from "../model/ticks";
import type { Theme } from "../theme";
import { type OverlayInput, paintOverlay } from "./overlay";
import { LANE, paintScene } from "./paint";

export interface PlotInput {
  tag: string;
  lines: readonly Line[];
  x: Range;
  kind: ViewSettings["xAxis"];
  log: boolean;
  clip: boolean;
  theme: Theme;
}

export type PlotOverlay = Pick<OverlayInput, "crosshair" | "selected">;

export type PointerKind = "move" | "down" | "up" | "cancel" | "leave" | "double";

export interface Pointer {
  /** In values of x. */
  x: number;
  event: PointerEvent;
}

const AXIS_HEIGHT = 22;
const MIN_AXIS_WIDTH = 40;
const LABEL_MARGIN = 12;
const STEP_LABEL_WIDTH = 80;
// uPlot wants an increment that it finds wide enough; where the labels stand is worked out by `ticks`.
const ANY_INCREMENT = [1e9];

export class Plot {
  private chart: uPlot | null = null;
  private readonly overlay = document.createElement("canvas");
  private input: PlotInput | null = null;
  private y: YRange = { min: 0, max: 1, above: 0, below: 0, notPositive: 0 };
  scene: Scene | null = null;

  constructor(
    private readonly host: HTMLElement,
    private readonly onPointer: (kind: PointerKind, at: Pointer) => void,
  ) {
    this.overlay.className = "overlay";
    this.overlay.setAttribute("aria-hidden", "true");
  }

  /** False while there is no room to draw in. */
  draw(input: PlotInput): boolean {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (width < 40 || height < 40) {
      return false;
    }
    if (!this.chart || this.input?.theme !== input.theme) {
      this.build(input.theme, width, height);
    }
    const chart = this.chart as uPlot;
    this.input = input;
    const slices = input.lines.map((line) => sliceOf(line, input.x));
    this.y = yRange(slices, input.log, input.clip);
    chart.batch(() => {
      if (chart.width !== width || chart.height !== height) {
        chart.setSize({ width, height });
      }
      chart.redraw(false, true);
      chart.setScale("x", input.x);
      chart.setScale("y", this.y);
    });
    return true;
  }

  drawOverlay(over: PlotOverlay): void {
    if (!this.chart || !this.input) {
      return;
    }
    const { canvas } = this.chart.ctx;
    if (this.overlay.width !== canvas.width || this.overlay.height !== canvas.height) {
      this.overlay.width = canvas.width;
      this.overlay.height = canvas.height;
    }
    const ctx = this.overlay.getContext("2d") as CanvasRenderingContext2D;
    const { lines, log, theme } = this.input;
    paintOverlay(
      { ctx, theme, ratio: uPlot.pxRatio },
      { lines, log, projection: this.projection(), ...over },
    );
  }

  get range(): YRange {
    return this.y;
  }

  /** Where x stands, in CSS pixels from the host's left edge. */
  pixelOf(x: number): number {
    const { left, width, xMin, xMax } = this.projection();
    return (left + ((x - xMin) / (xMax - xMin)) * width) / uPlot.pxRatio;
  }

  destroy(): void {
    this.chart?.destroy();
    this.chart = null;
  }

  private build(theme: Theme, width: number, height: number): void {
    this.destroy();
    const font = `11px ${theme.fontFamily}`;
    const axis = { font, stroke: theme.secondary, ticks: { show: false }, incrs: ANY_INCREMENT, space: 1 };
    this.chart = new uPlot(
      {
        width,
        height,
        padding: [LANE + 8, () => this.labelWidth(), 0, 0],
        legend: { show: false },
        cursor: { show: false },
        select: { show: false, left: 0, top: 0, width: 0, height: 0 },
        scales: {
          x: { time: false, range: (_chart, min, max) => [min, max] },
          y: { range: (_chart, min, max) => [min ?? 0, max ?? 1] },
        },
        series: [{}],
        axes: [
          {
            ...axis,
            size: AXIS_HEIGHT,
            gap: 6,
            grid: { show: false },
            border: { show: true, stroke: theme.axis, width: 1 },
            splits: (chart, _index, min, max) => this.xTicks(chart, { min, max }),
            values: (_chart, splits) => this.xLabels(splits),
          },
          {
            ...axis,
            scale: "y",
            gap: 8,
            size: (chart, labels) => this.yAxisWidth(chart, labels),
            grid: { show: true, stroke: theme.grid, width: 1 },
            splits: (_chart, _index, min, max) => this.yTicks({ min, max }),
            values: (_chart, splits) => this.yLabels(splits),
          },
        ],
        hooks: { draw: [(chart) => this.paint(chart)] },
      },
      [[0, 1]],
      this.host,
    );
    const { over, root } = this.chart;
    root.querySelector(".u-wrap")?.append(this.overlay);
    over.addEventListener("pointermove", (event) => this.point("move", event));
    over.addEventListener("pointerleave", (event) => this.point("leave", event));
    over.addEventListener("pointerdown", (event) => this.point("down", event));
    over.addEventListener("pointerup", (event) => this.point("up", event));
    over.addEventListener("pointercancel", (event) => this.point("cancel", event));
    over.addEventListener("dblclick", (event) => this.point("double", event as PointerEvent));
  }

  private point(kind: PointerKind, event: PointerEvent): void {
    if (this.chart) {
      const left = event.clientX - this.chart.over.getBoundingClientRect().left;
      this.onPointer(kind, { x: this.chart.posToVal(left, "x"), event });
    }
  }

  private paint(chart: uPlot): void {
    if (!this.input) {
      return;
    }
    const { tag, lines, x, log, theme } = this.input;
    const { ctx } = chart;
    const ratio = uPlot.pxRatio;
    const projection = this.projection();
    // uPlot remembers the styles that it set: it must find them again.
    ctx.save();
    ctx.font = `${11 * ratio}px ${theme.fontFamily}`;
    const measure = (text: string) => ctx.measureText(text).width;
    this.scene = sceneOf({ tag, lines, x, y: this.y, log, projection, ratio, measure });
    paintScene({ ctx, theme, ratio }, this.scene, projection);
    ctx.restore();
  }

  private projection(): Projection {
    const { bbox } = this.chart as uPlot;
    const { min, max } = this.input?.x ?? { min: 0, max: 1 };
    return { xMin: min, xMax: max, yMin: this.y.min, yMax: this.y.max, ...bbox };
  }

  private xTicks(chart: uPlot, range: Range): number[] {
    const most = Math.max(2, Math.floor(chart.bbox.width / uPlot.pxRatio / STEP_LABEL_WIDTH));
    const kind = this.input?.kind ?? "step";
    return kind === "step"
      ? ticks.stepTicks(range, most)
      : kind === "elapsed"
        ? ticks.timeTicks(range, most)
        : ticks.linearTicks(range, most);
  }

  private xLabels(splits: number[]): string[] {
    const kind = this.input?.kind ?? "step";
    return kind === "step"
      ? ticks.stepLabels(splits)
      : kind === "elapsed"
        ? ticks.timeLabels(splits)
        : ticks.valueLabels(splits);
  }

  private yTicks(range: Range): number[] {
    return this.input?.log ? ticks.logTicks(range, 5) : ticks.gridTicks(range);
  }

  private yLabels(splits: number[]): string[] {
    return this.input?.log ? ticks.logLabels(splits) : ticks.valueLabels(splits);
  }

  private yAxisWidth(chart: uPlot, labels: string[] | null): number {
    const wide = Math.max(0, ...(labels ?? []).map((label) => textWidth(chart, label, this.input?.theme)));
    return Math.max(MIN_AXIS_WIDTH, Math.ceil(wide) + 20);
  }

  /** Room at the right for the labels at the lines' ends. */
  private labelWidth(): number {
    const labels = this.input?.lines.map((line) => line.label) ?? [];
    const { chart } = this;
    const wide = chart
      ? Math.max(0, ...labels.map((label) => textWidth(chart, label, this.input?.theme)))
      : 0;
    return Math.ceil(wide) + LABEL_MARGIN;
  }
}

/** In CSS pixels. */
function textWidth(chart: uPlot, text: string, theme: Theme | undefined): number {
  const { ctx } = chart;
  ctx.save();
  ctx.font = `11px ${theme?.fontFamily ?? "sans-serif"}`;
  const { width } = ctx.measureText(text);
  ctx.restore();
  return width;
}
