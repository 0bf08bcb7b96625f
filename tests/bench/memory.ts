/** Resident memory of a process and all that it started, in MB. */
import { execFileSync } from "node:child_process";
import { descendants } from "../workbench/processes.ts";

export function residentMegabytes(pid: number): number {
  const pids = [pid, ...descendants(pid).map((each) => each.pid)];
  const output = execFileSync("ps", ["-o", "rss=", "-p", pids.join(",")], { encoding: "utf8" });
  const kilobytes = output.trim().split(/\s+/).map(Number);
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1024;
}
