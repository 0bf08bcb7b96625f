// Exponential moving average with the bias of its start taken out, as TensorBoard smooths.
// A non-finite value is skipped: it stays a gap in the line and does not touch the average.
import { Column } from "./column";

export class Smoother {
  private readonly smoothed = new Column();
  private average = 0;
  /** What the start, an average of zero, still weighs. */
  private bias = 1;

  /** `weight` from 0 (raw) to below 1. */
  constructor(readonly weight: number) {}

  /** The smoothed column of `raw`; only what was appended since the last call is worked out. */
  extend(raw: Float64Array): Float64Array {
    for (let i = this.smoothed.length; i < raw.length; i++) {
      this.smoothed.push(this.next(raw[i] as number));
    }
    return this.smoothed.view();
  }

  private next(value: number): number {
    if (!Number.isFinite(value)) {
      return Number.NaN;
    }
    this.average = this.average * this.weight + value * (1 - this.weight);
    this.bias *= this.weight;
    return this.average / (1 - this.bias);
  }
}
