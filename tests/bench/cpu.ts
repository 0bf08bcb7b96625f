/** Processor time that a process and all that it started have used, in seconds. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { descendants } from "../workbench/processes.ts";

export function processorSeconds(pid: number): number {
  const pids = [pid, ...descendants(pid).map((each) => each.pid)];
  return pids.map(secondsOf).reduce((sum, each) => sum + each, 0);
}

const secondsOf = existsSync("/proc/self/stat") ? fromProc : fromPs;

/** In ticks of a hundredth, on every Linux that there is. */
function fromProc(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** "0:01.23" or "1:02:03" */
function fromPs(pid: number): number {
  const time = execFileSync("ps", ["-o", "time=", "-p", String(pid)], { encoding: "utf8" }).trim();
  return time.split(":").reduce((seconds, part) => seconds * 60 + Number(part), 0);
}
