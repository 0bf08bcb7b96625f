// The ring icons of running runs: a track and an arc of N eighths, for light and dark themes.

const RADIUS = 5.5;
const CENTRE = 8;
const STEPS = 8;

// Tree icons cannot use theme colours, so these are progressBar.background of Light and Dark Modern.
const THEMES = {
  light: { track: "#00000026", arc: "#005FB8" },
  dark: { track: "#FFFFFF33", arc: "#3794FF" },
};

/** Pairs of path and content: `light/0.svg` … `dark/8.svg`. */
export function ringFiles() {
  return Object.entries(THEMES).flatMap(([theme, colours]) =>
    Array.from({ length: STEPS + 1 }, (_, step) => [`${theme}/${step}.svg`, ring(step, colours)]),
  );
}

function ring(step, { track, arc }) {
  const circle = (stroke, extra = "") =>
    `<circle cx="${CENTRE}" cy="${CENTRE}" r="${RADIUS}" fill="none" stroke="${stroke}" stroke-width="2"${extra}/>`;
  const length = 2 * Math.PI * RADIUS;
  const dash = ` stroke-dasharray="${((length * step) / STEPS).toFixed(2)} ${length.toFixed(2)}" transform="rotate(-90 ${CENTRE} ${CENTRE})"`;
  const body = circle(track) + (step > 0 ? circle(arc, dash) : "");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">${body}</svg>\n`;
}
