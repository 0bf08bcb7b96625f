// One scalar tag of one run, in columns, with what is derived from it kept until it changes.
import type { Series } from "../../../src/protocol.gen";
import { Column, lowerBound } from "./column";
import { Smoother } from "./smoothing";
import { numbersOf } from "./wire";

/** What stands on the x axis, for one run. */
export type XAxis =
  | { kind: "step" }
  | { kind: "elapsed"; start: number }
  | { kind: "epoch"; epochs: TagSeries };

export class TagSeries {
  readonly steps = new Column();
  readonly values = new Column();
  readonly times = new Column();
  /** Indices of the values that are NaN or infinite. */
  nonFinite: number[] = [];
  /** Steps at which an attempt took up the run again and wrote over later points. */
  resumed: number[] = [];
  private smoother = new Smoother(0);
  private x = { kind: "step" as XAxis["kind"], basis: 0, column: new Column() };

  get length(): number {
    return this.steps.length;
  }

  append(series: Series): void {
    const steps = numbersOf(series.steps);
    const values = numbersOf(series.values);
    const times = numbersOf(series.wallTimes);
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i] as number;
      const value = values[i] as number;
      if (step < this.steps.at(this.length - 1)) {
        this.resume(step);
      }
      if (!Number.isFinite(value)) {
        this.nonFinite.push(this.length);
      }
      this.steps.push(step);
      this.values.push(value);
      this.times.push(times[i] as number);
    }
  }

  /** The values smoothed by `weight`; the raw ones when it is 0. */
  smoothed(weight: number): Float64Array {
    if (weight <= 0) {
      return this.values.view();
    }
    if (this.smoother.weight !== weight) {
      this.smoother = new Smoother(weight);
    }
    return this.smoother.extend(this.values.view());
  }

  /** Where the points stand on the axis; never falls. */
  xs(axis: XAxis): Float64Array {
    if (axis.kind === "step") {
      return this.steps.view();
    }
    // A step's epoch may be written after the step: a longer epoch series makes the column anew.
    const basis = axis.kind === "epoch" ? axis.epochs.length : 0;
    if (this.x.kind !== axis.kind || this.x.basis !== basis) {
      this.x = { kind: axis.kind, basis, column: new Column(this.length || 1) };
    }
    const { column } = this.x;
    for (let i = column.length; i < this.length; i++) {
      const x =
        axis.kind === "elapsed" ? this.times.at(i) - axis.start : epochAt(axis.epochs, this.steps.at(i));
      column.push(i > 0 ? Math.max(x, column.at(i - 1)) : x);
    }
    return column.view();
  }

  /** A resumed run writes steps again: as in TensorBoard, what stood there gives way. */
  private resume(step: number): void {
    const kept = lowerBound(this.steps.view(), step);
    for (const column of [this.steps, this.values, this.times]) {
      column.truncate(kept);
    }
    this.nonFinite = this.nonFinite.filter((index) => index < kept);
    this.resumed = [...this.resumed.filter((each) => each < step), step];
    this.smoother = new Smoother(this.smoother.weight);
    this.x = { kind: "step", basis: 0, column: new Column() };
  }
}

/** The epoch of a step, straight between the logged ones and on beyond the last. */
export function epochAt(epochs: TagSeries, step: number): number {
  const steps = epochs.steps.view();
  const after = Math.min(lowerBound(steps, step), steps.length - 1);
  if (epochs.steps.at(after) === step) {
    return epochs.values.at(after);
  }
  const before = after - 1;
  const [step0, epoch0] = before < 0 ? [0, 0] : [epochs.steps.at(before), epochs.values.at(before)];
  const span = epochs.steps.at(after) - step0;
  return span > 0 ? epoch0 + ((epochs.values.at(after) - epoch0) * (step - step0)) / span : epoch0;
}
