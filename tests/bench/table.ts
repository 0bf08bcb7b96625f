/** THE table of benchmarks, by the ids under which their goals are known. */
import { measureDiagnostics } from "./p1.ts";
import { measureCompletion } from "./p2.ts";
import { measureStart } from "./p3.ts";
import { measureChecking } from "./p4.ts";
import { measureSteps } from "./p5.ts";
import { measureParked } from "./p5b.ts";
import { measureLive } from "./p6.ts";
import { measureOpening } from "./p7.ts";
import { measureDebugging } from "./p9.ts";
import { measureSupervisor } from "./p10.ts";
import type { Measured } from "./row.ts";
import { measureTree } from "./tree.ts";

export interface Benchmark {
  what: string;
  measure(say: (line: string) => void): Promise<Measured[]>;
}

export const BENCHMARKS: Record<string, Benchmark> = {
  P1: {
    what: "from a keystroke to diagnostics, while a long log opens and four runs stream",
    measure: measureDiagnostics,
  },
  P2: { what: "from a keystroke to completions, under the same load", measure: measureCompletion },
  P3: { what: "start, memory and first diagnostic of the daemon", measure: measureStart },
  P4: { what: "checking 1,000 files from the command line", measure: measureChecking },
  P5: { what: "a step of a training, with and without Tunesmith looking on", measure: measureSteps },
  P5b: { what: "from Train pressed to the first step, from a parked start", measure: measureParked },
  P6: { what: "from an event written to the chart redrawn, four runs streaming", measure: measureLive },
  P7: { what: "reading a log of 1,000,000 points in 50 tags", measure: measureOpening },
  P9: { what: "a debugger on two ranks: attaching, and what it costs them", measure: measureDebugging },
  P10: { what: "the supervisor of a run, while two ranks train", measure: measureSupervisor },
  tree: { what: "a hundred runs in a folder, ten alive: the tree, and what it costs", measure: measureTree },
};

/** The benchmarks with these ids, or all. Throws for an id that is none. */
export function choose(ids: string[]): [string, Benchmark][] {
  const unknown = ids.filter((id) => !(id in BENCHMARKS));
  if (unknown.length > 0) {
    throw new Error(
      `No benchmark is named ${unknown.join(", ")}. There are: ${Object.keys(BENCHMARKS).join(", ")}`,
    );
  }
  return Object.entries(BENCHMARKS).filter(([id]) => ids.length === 0 || ids.includes(id));
}
