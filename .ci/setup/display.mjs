/** Progress of the set-up: live rows in a terminal, plain lines elsewhere. */
import { stripVTControlCharacters } from "node:util";

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

const seconds = (since) => `${Math.round((Date.now() - since) / 1000)} s`;

export function plainDisplay(write = (text) => process.stdout.write(`${text}\n`)) {
  const since = new Map();
  return {
    started(step) {
      since.set(step.name, Date.now());
      write(`… ${step.title}`);
    },
    line() {},
    finished: (step) => write(`✓ ${step.title}, ${seconds(since.get(step.name))}`),
    failed: (step) => write(`✗ ${step.title}, ${seconds(since.get(step.name))}`),
    close() {},
  };
}

export function liveDisplay(out = process.stdout) {
  const running = new Map();
  let drawn = 0;
  let frame = 0;

  const clear = () => {
    if (drawn > 0) out.write(`\x1b[${drawn}A\x1b[0J`);
    drawn = 0;
  };
  const draw = () => {
    clear();
    frame = (frame + 1) % FRAMES.length;
    for (const { step, since, line } of running.values()) {
      const row = `${FRAMES[frame]} ${step.title}, ${seconds(since)}  ${line}`;
      out.write(`${stripVTControlCharacters(row).slice(0, (out.columns ?? 80) - 1)}\n`);
    }
    drawn = running.size;
  };
  const end = (step, mark) => {
    const { since } = running.get(step.name);
    running.delete(step.name);
    clear();
    out.write(`${mark} ${step.title}, ${seconds(since)}\n`);
    draw();
  };
  const timer = setInterval(draw, 120);
  return {
    started: (step) => running.set(step.name, { step, since: Date.now(), line: "" }),
    line(step, line) {
      const row = running.get(step.name);
      if (row) row.line = line;
    },
    finished: (step) => end(step, "✓"),
    failed: (step) => end(step, "✗"),
    close() {
      clearInterval(timer);
      clear();
    },
  };
}

export const openDisplay = () =>
  process.stdout.isTTY && process.env.CI !== "true" ? liveDisplay() : plainDisplay();
