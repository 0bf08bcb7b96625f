import { describe, expect, it } from "vitest";
import { BackOff } from "../../../extension/src/backOff";
import { RestartQueue } from "../../../extension/src/restartQueue";

describe("the restart queue", () => {
  it("runs one task at a time and keeps at most one waiting", async () => {
    const ends: (() => void)[] = [];
    const queue = new RestartQueue(() => new Promise<void>((end) => ends.push(end)));
    const first = queue.request();
    const second = queue.request();
    const third = queue.request();
    expect(third).toBe(second);
    expect(ends).toHaveLength(1);
    ends[0]?.();
    await first;
    await new Promise(setImmediate);
    expect(ends).toHaveLength(2);
    ends[1]?.();
    await second;
    expect(ends).toHaveLength(2);
  });

  it("goes on after a task that failed", async () => {
    let calls = 0;
    const queue = new RestartQueue(async () => {
      calls += 1;
      if (calls === 1) {
        throw new Error("no such file");
      }
    });
    const first = queue.request();
    const second = queue.request();
    await expect(first).rejects.toThrow("no such file");
    await second;
    expect(calls).toBe(2);
  });
});

describe("the back-off", () => {
  it("doubles, gives up after five crashes in two minutes, and starts over when asked", () => {
    const backOff = new BackOff();
    const crash = [0, 1000, 2000, 4000, 8000, 16_000].map((time) => backOff.next(time));
    expect(crash).toEqual([250, 500, 1000, 2000, 4000, undefined]);
    backOff.reset();
    expect(backOff.next(17_000)).toBe(250);
  });

  it("forgets crashes that lie long back", () => {
    const backOff = new BackOff();
    expect([0, 1000].map((time) => backOff.next(time))).toEqual([250, 500]);
    expect(backOff.next(500_000)).toBe(250);
  });
});
