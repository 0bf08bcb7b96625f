import { describe, expect, it } from "vitest";
import { RunsModel } from "../../../extension/src/models/runs";
import { sparkline, UsageHistory } from "../../../extension/src/models/usage";
import { aRank, aRun, ended } from "./samples";

function watching() {
  const runs = new RunsModel();
  const clock = { now: 0 };
  const history = new UsageHistory(runs, () => clock.now);
  const tell = (cpu: number | null, memory: number | null = null) => {
    const used = { cpuPercent: cpu, memory };
    runs.apply({ runs: [aRun({ ranks: [aRank(0, used), aRank(1, used)] })], removed: [] });
  };
  return { runs, clock, history, tell };
}

describe("what the ranks used lately", () => {
  it("is added up, and taken once for each look of the supervisor", () => {
    const { clock, history, tell } = watching();
    tell(null);
    tell(50, 1e9);
    tell(50, 1e9);
    clock.now = 5;
    tell(50, 1e9);
    tell(80, 1e9);
    expect(history.of(aRun().id).map(({ cpuPercent }) => cpuPercent)).toEqual([100, 100, 160]);
    expect(history.of(aRun().id)[0]).toEqual({
      cpuPercent: 100,
      memory: 2e9,
      gpuPercent: null,
      gpuMemory: null,
    });
  });

  it("is forgotten with the run's end, and does not grow without one", () => {
    const { runs, history, tell } = watching();
    for (let cpu = 1; cpu <= 100; cpu++) tell(cpu);
    expect(history.of(aRun().id)).toHaveLength(60);
    runs.apply({ runs: [ended()], removed: [] });
    expect(history.of(aRun().id)).toEqual([]);
  });
});

describe("a little curve", () => {
  it("goes from nothing to the largest value, with a gap where nothing was told", () =>
    expect(sparkline([0, 50, null, 100])).toBe("▁▅ █"));
  it("shows the latest values", () => expect(sparkline([100, 1, 1], 2)).toBe("██"));
  it("lies flat when nothing is used", () => expect(sparkline([0, 0])).toBe("▁▁"));
});
