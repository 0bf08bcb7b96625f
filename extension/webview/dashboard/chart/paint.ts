// Paints a scene on a canvas, in device pixels.
import type { Projection, Trace } from "../model/decimate";
import type { MarkKind } from "../model/marks";
import type { Scene, SceneLine, SceneMark } from "../model/scene";
import type { Theme } from "../theme";

export interface Brush {
  ctx: CanvasRenderingContext2D;
  theme: Theme;
  /** Device pixels in one CSS pixel. */
  ratio: number;
}

/** Height of the lane of marks over a plot, in CSS pixels. */
export const LANE = 16;

const DASH = [5, 3];

export function paintScene(brush: Brush, scene: Scene, p: Projection): void {
  const { ctx, ratio } = brush;
  ctx.save();
  ctx.beginPath();
  // Lines may touch the plot's edge: half of their width stays seen.
  ctx.rect(p.left, p.top - 2 * ratio, p.width + 2 * ratio, p.height + 4 * ratio);
  ctx.clip();
  hairlines(brush, scene.marks, p);
  for (const line of scene.lines) {
    paintRaw(brush, line);
  }
  for (const line of scene.lines) {
    paintMain(brush, line);
  }
  ctx.restore();
  for (const line of scene.lines) {
    paintHead(brush, line);
  }
  paintMarks(brush, scene.marks, p);
  paintLabels(brush, scene);
}

function paintRaw({ ctx, ratio }: Brush, line: SceneLine): void {
  if (line.raw) {
    ctx.globalAlpha = 0.38;
    stroke(ctx, line.raw, line.color, 1 * ratio, []);
    ctx.globalAlpha = 1;
  }
}

function paintMain({ ctx, ratio, theme }: Brush, line: SceneLine): void {
  const wide = line.focused || theme.highContrast ? 2 : 1.5;
  stroke(ctx, line.main, line.color, wide * ratio, line.dashed ? DASH.map((each) => each * ratio) : []);
  for (let i = 0; i < line.dots.length; i += 2) {
    disc(ctx, line.dots[i] as number, line.dots[i + 1] as number, 2.25 * ratio, line.color);
  }
}

function paintHead({ ctx, ratio }: Brush, { head, color }: SceneLine): void {
  if (!head || head.outside) {
    return;
  }
  if (head.live) {
    ctx.globalAlpha = 0.32;
    disc(ctx, head.x, head.y, 6 * ratio, color);
    ctx.globalAlpha = 1;
  }
  disc(ctx, head.x, head.y, (head.live ? 3 : 2) * ratio, color);
}

function hairlines({ ctx, theme, ratio }: Brush, marks: readonly SceneMark[], p: Projection): void {
  for (const mark of marks.filter((each) => each.hairline)) {
    const x = Math.round(mark.pixel) + 0.5;
    ctx.beginPath();
    ctx.moveTo(x, p.top - 4 * ratio);
    ctx.lineTo(x, p.top + p.height);
    ctx.strokeStyle = mark.color ?? theme.red;
    ctx.lineWidth = ratio;
    ctx.globalAlpha = 0.6;
    ctx.setLineDash(mark.hairline === "dotted" ? [2 * ratio, 3 * ratio] : []);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
  }
}

function paintMarks(brush: Brush, marks: readonly SceneMark[], p: Projection): void {
  const { ctx, theme, ratio } = brush;
  for (const mark of marks) {
    // Clipped points belong to the plot's top edge, the others to the lane over it.
    const y = p.top - (mark.kind === "clipped" ? 1 : LANE / 2 + 2) * ratio;
    const color = mark.color ?? theme.red;
    SYMBOLS[mark.kind](ctx, mark.pixel, y, ratio, color);
    if (mark.text) {
      text(brush, mark.text, mark.pixel + 7 * ratio, y, theme.secondary);
    }
  }
}

function paintLabels(brush: Brush, scene: Scene): void {
  for (const label of scene.labels) {
    text(brush, label.text, label.x, label.y, label.color);
  }
}

/** Text with an edge in the background's colour, to be read over lines. */
function text({ ctx, theme, ratio }: Brush, content: string, x: number, y: number, color: string): void {
  ctx.font = `${11 * ratio}px ${theme.fontFamily}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.lineWidth = 3 * ratio;
  ctx.strokeStyle = theme.background;
  ctx.strokeText(content, x, y);
  ctx.fillStyle = color;
  ctx.fillText(content, x, y);
}

function stroke(
  ctx: CanvasRenderingContext2D,
  points: Trace,
  color: string,
  lineWidth: number,
  dash: number[],
): void {
  ctx.beginPath();
  let pen = false;
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i] as number;
    const y = points[i + 1] as number;
    if (Number.isNaN(x)) {
      pen = false;
    } else if (pen) {
      ctx.lineTo(x, y);
    } else {
      ctx.moveTo(x, y);
      pen = true;
    }
  }
  ctx.strokeStyle = color;
  ctx.lineWidth = lineWidth;
  ctx.lineJoin = "round";
  ctx.lineCap = "butt";
  ctx.setLineDash(dash);
  ctx.stroke();
  ctx.setLineDash([]);
}

export function disc(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  color: string,
): void {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, Math.PI * 2);
  ctx.fillStyle = color;
  ctx.fill();
}

type Symbol = (ctx: CanvasRenderingContext2D, x: number, y: number, ratio: number, color: string) => void;

function polygon(corners: [x: number, y: number][], filled: boolean): Symbol {
  return (ctx, x, y, ratio, color) => {
    ctx.beginPath();
    for (const [dx, dy] of corners) {
      ctx.lineTo(x + dx * ratio, y + dy * ratio);
    }
    ctx.closePath();
    ctx.fillStyle = color;
    ctx.strokeStyle = color;
    ctx.lineWidth = 1.25 * ratio;
    if (filled) {
      ctx.fill();
    } else {
      ctx.stroke();
    }
  };
}

const cross: Symbol = (ctx, x, y, ratio, color) => {
  const arm = 3 * ratio;
  ctx.beginPath();
  ctx.moveTo(x - arm, y - arm);
  ctx.lineTo(x + arm, y + arm);
  ctx.moveTo(x + arm, y - arm);
  ctx.lineTo(x - arm, y + arm);
  ctx.strokeStyle = color;
  ctx.lineWidth = 1.75 * ratio;
  ctx.stroke();
};

const SYMBOLS: Record<MarkKind, Symbol> = {
  "non-finite": cross,
  best: polygon(
    [
      [0, -4],
      [4, 0],
      [0, 4],
      [-4, 0],
    ],
    true,
  ),
  resumed: polygon(
    [
      [-3, -3.5],
      [3.5, 0],
      [-3, 3.5],
    ],
    false,
  ),
  stopped: polygon(
    [
      [-3, -3],
      [3, -3],
      [3, 3],
      [-3, 3],
    ],
    true,
  ),
  clipped: polygon(
    [
      [-3.5, 2],
      [3.5, 2],
      [0, -3.5],
    ],
    true,
  ),
};
