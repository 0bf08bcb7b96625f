/** A growable column of numbers. */
export class Column {
  private buffer: Float64Array;
  private filled = 0;

  constructor(capacity = 64) {
    this.buffer = new Float64Array(capacity);
  }

  get length(): number {
    return this.filled;
  }

  /** NaN outside the column. */
  at(index: number): number {
    return index < this.filled ? (this.buffer[index] ?? Number.NaN) : Number.NaN;
  }

  push(value: number): void {
    if (this.filled === this.buffer.length) {
      const larger = new Float64Array(this.buffer.length * 2);
      larger.set(this.buffer);
      this.buffer = larger;
    }
    this.buffer[this.filled++] = value;
  }

  truncate(length: number): void {
    this.filled = Math.min(this.filled, length);
  }

  /** The filled part, without a copy; valid until the next change. */
  view(): Float64Array {
    return this.buffer.subarray(0, this.filled);
  }
}

/** The first index whose value is not below `value`; the column must not fall. */
export function lowerBound(values: Float64Array, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] as number) < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
