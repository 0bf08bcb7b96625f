// One draw per animation frame, however many messages came.

export interface Drawable {
  draw(): void;
}

const dirty = new Set<Drawable>();
const before = new Set<() => void>();
let requested = false;

/** Draws this in the next frame. */
export function invalidate(drawable: Drawable): void {
  dirty.add(drawable);
  request();
}

/** Runs this once at the start of the next frame, before anything is drawn. */
export function beforeFrame(work: () => void): void {
  before.add(work);
  request();
}

export function forget(drawable: Drawable): void {
  dirty.delete(drawable);
}

function request(): void {
  if (!requested) {
    requested = true;
    requestAnimationFrame(frame);
  }
}

function frame(): void {
  requested = false;
  for (const work of take(before)) {
    work();
  }
  for (const drawable of take(dirty)) {
    drawable.draw();
  }
}

function take<T>(set: Set<T>): T[] {
  const all = [...set];
  set.clear();
  return all;
}
