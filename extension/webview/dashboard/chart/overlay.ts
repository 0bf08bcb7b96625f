// What lies over a plot and moves with the pointer: the crosshair, its dots and step, a stretch being zoomed into.
import { type Projection, projectX, projectY } from "../model/decimate";
import type { Line } from "../model/line";
import { display, type Range } from "../model/range";
import { readAt } from "../model/reading";
import { type Brush, disc } from "./paint";

export interface OverlayInput {
  lines: readonly Line[];
  log: boolean;
  projection: Projection;
  crosshair: { x: number; text: string } | null;
  /** In values of x. */
  selected: Range | null;
}

const BADGE_HEIGHT = 15;
const BADGE_DROP = 3;

export function paintOverlay(
  brush: Brush,
  { lines, log, projection, crosshair, selected }: OverlayInput,
): void {
  const { ctx } = brush;
  ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
  if (selected) {
    paintSelection(brush, selected, projection);
  }
  if (!crosshair) {
    return;
  }
  const x = projectX(projection, crosshair.x);
  if (x < projection.left - 1 || x > projection.left + projection.width + 1) {
    return;
  }
  rule(brush, x, projection);
  for (const line of lines) {
    const { index, smoothed } = readAt(line, crosshair.x);
    const y = index < 0 ? Number.NaN : projectY(projection, display(smoothed, log));
    if (y >= projection.top && y <= projection.top + projection.height) {
      // The dot stands on the point that is read, which may lie before the crosshair.
      const at = projectX(projection, line.xs[index] as number);
      disc(ctx, at, y, 4 * brush.ratio, brush.theme.background);
      disc(ctx, at, y, 3 * brush.ratio, line.color);
    }
  }
  badge(brush, crosshair.text, x, projection);
}

function rule({ ctx, theme, ratio }: Brush, x: number, p: Projection): void {
  ctx.fillStyle = theme.secondary;
  ctx.fillRect(
    Math.round(x - ratio / 2),
    p.top - 4 * ratio,
    Math.max(1, Math.round(ratio)),
    p.height + 4 * ratio,
  );
}

/** The step under the crosshair, on the x axis. */
function badge({ ctx, theme, ratio }: Brush, text: string, x: number, p: Projection): void {
  ctx.font = `${11 * ratio}px ${theme.fontFamily}`;
  const wide = ctx.measureText(text).width + 14 * ratio;
  const left = Math.min(Math.max(x - wide / 2, 0), ctx.canvas.width - wide);
  const top = p.top + p.height + BADGE_DROP * ratio;
  ctx.fillStyle = theme.badge;
  ctx.beginPath();
  ctx.roundRect(left, top, wide, BADGE_HEIGHT * ratio, 2 * ratio);
  ctx.fill();
  ctx.fillStyle = theme.badgeText;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(text, left + wide / 2, top + (BADGE_HEIGHT / 2 + 0.5) * ratio);
}

function paintSelection({ ctx, theme }: Brush, selected: Range, p: Projection): void {
  const left = projectX(p, selected.min);
  ctx.fillStyle = theme.grid;
  ctx.fillRect(left, p.top, projectX(p, selected.max) - left, p.height);
}
