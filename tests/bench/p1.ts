/** P1: from a keystroke to the diagnostics of exactly that text, while the daemon reads logs and follows runs. */
import { type Measured, row } from "./row.ts";
import { yamlLanguageServer, yamlLanguageServerWithoutDelay } from "./servers.ts";
import { quantile } from "./stats.ts";
import { type Answer, type Typed, typeUnderLoad } from "./underLoad.ts";

const GOALS: Record<number, number> = { 200: 15, 5000: 60 };
const KEYS = 240;

const diagnosed: Answer = (server, file, { change }) => server.change(file, change);

/** Diagnostics that name no version answer the last key when they came exactly once a key. */
function assertMatched({ kind, times, publishes, namesVersions }: Typed): void {
  if (!namesVersions && publishes !== times.length)
    throw new Error(
      `${kind.name} sent diagnostics ${publishes} times for ${times.length} keys, and never says for which text`,
    );
}

export async function measureDiagnostics(say: (line: string) => void): Promise<Measured[]> {
  const peers = [yamlLanguageServer(), yamlLanguageServerWithoutDelay()];
  const lengths = Object.keys(GOALS).map(Number);
  const typed = await typeUnderLoad(diagnosed, peers, lengths, KEYS, say);
  typed.forEach(assertMatched);
  return lengths.flatMap((lines) => {
    const [ours, ...theirs] = typed.filter((each) => each.lines === lines);
    const value = (part: number) => quantile(ours?.times ?? [], part);
    const most = GOALS[lines] ?? 0;
    return theirs.flatMap(({ kind, times }) =>
      ([0.95, 0.5] as const).map((part) =>
        row({
          what: `keystroke → diagnostics, all rules, ${lines} lines, ${part === 0.95 ? "p95" : "median"}`,
          value: value(part),
          unit: "ms",
          peer: { name: kind.name, value: quantile(times, part) },
          ...(part === 0.95 ? { goal: { text: `≤ ${most} ms`, most, of: "value" as const } } : {}),
        }),
      ),
    );
  });
}
