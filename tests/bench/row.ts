/** One measured figure beside its peer's and its goal. */
import { cpus, loadavg } from "node:os";

/** As it is written to JSON. `ratio` is value / peer_value; null stands for "there is none". */
export interface Row {
  id: string;
  what: string;
  value: number;
  unit: string;
  peer: string | null;
  peer_value: number | null;
  ratio: number | null;
  goal: string | null;
  met: boolean | null;
  load: string;
}

export type Measured = Omit<Row, "id">;

/** `most`: the goal as a bound on the value, or on the ratio to the peer. */
export interface Goal {
  text: string;
  most: number;
  of: "value" | "ratio";
}

export interface Figure {
  what: string;
  value: number;
  unit: string;
  peer?: { name: string; value: number | null };
  goal?: Goal;
}

export function row({ what, value, unit, peer, goal }: Figure): Measured {
  const peerValue = peer?.value ?? null;
  const ratio = peerValue ? value / peerValue : null;
  const judged = goal?.of === "ratio" ? ratio : value;
  return {
    what,
    value: rounded(value),
    unit,
    peer: peer?.name ?? null,
    peer_value: peerValue === null ? null : rounded(peerValue),
    ratio: ratio === null ? null : rounded(ratio),
    goal: goal?.text ?? null,
    met: goal && judged !== null ? judged <= goal.most : null,
    load: load(),
  };
}

/** Three significant digits; whole numbers stay whole. */
const rounded = (value: number): number =>
  Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));

const load = (): string => `${loadavg()[0]?.toFixed(1)} on ${cpus().length} cores`;
