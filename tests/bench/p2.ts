/** P2: from a keystroke to the completions at the cursor, under the load of P1. */
import { type Measured, row } from "./row.ts";
import { yamlLanguageServer } from "./servers.ts";
import { quantile } from "./stats.ts";
import { type Answer, typeUnderLoad } from "./underLoad.ts";

const GOALS: Record<number, number> = { 200: 5, 5000: 15 };
const KEYS = 240;

/** As an editor asks: the change and the question straight after it. What is removed asks for nothing. */
const completed: Answer = async (server, file, { change, cursor }) => {
  if (cursor) return await server.complete(file, change, cursor);
  await server.change(file, change);
  return undefined;
};

export async function measureCompletion(say: (line: string) => void): Promise<Measured[]> {
  const lengths = Object.keys(GOALS).map(Number);
  const typed = await typeUnderLoad(completed, [yamlLanguageServer()], lengths, KEYS, say);
  return lengths.flatMap((lines) => {
    const [ours, theirs] = typed.filter((each) => each.lines === lines);
    if (!ours || !theirs) throw new Error(`Nothing was measured at ${lines} lines`);
    const most = GOALS[lines] ?? 0;
    const figure = (part: number, name: string) => ({
      what: `keystroke → completions, ${lines} lines, ${name}`,
      value: quantile(ours.times, part),
      unit: "ms",
      peer: { name: theirs.kind.name, value: quantile(theirs.times, part) },
    });
    return [
      row({ ...figure(0.95, "p95"), goal: { text: `≤ ${most} ms`, most, of: "value" } }),
      row(figure(0.5, "median")),
    ];
  });
}
