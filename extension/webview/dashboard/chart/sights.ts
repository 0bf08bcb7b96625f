// What a painted chart says in its head: how much of its data lies beyond the axes, and the kinds of its marks.
import { signal } from "@preact/signals";
import type { MarkKind } from "../model/marks";
import type { YRange } from "../model/range";
import type { Scene } from "../model/scene";

export interface Sight {
  above: number;
  below: number;
  notPositive: number;
  /** The edges of the axis, in display units. */
  min: number;
  max: number;
  kinds: readonly MarkKind[];
}

export const sights = signal<ReadonlyMap<string, Sight>>(new Map());

export function forgetSight(tag: string): void {
  const rest = new Map(sights.value);
  rest.delete(tag);
  sights.value = rest;
}

export function setSight(tag: string, range: YRange, scene: Scene | null): void {
  const kinds = [...new Set(scene?.marks.map((mark) => mark.kind))].sort();
  const sight: Sight = { ...range, kinds };
  const before = sights.value.get(tag);
  if (!before || JSON.stringify(before) !== JSON.stringify(sight)) {
    sights.value = new Map(sights.value).set(tag, sight);
  }
}
