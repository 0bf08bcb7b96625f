/** Processes of the machine as a tree: to find the extension host and the daemon, and to see that nothing is left. */
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

export interface Process {
  pid: number;
  parent: number;
  command: string;
}

export function listProcesses(): Process[] {
  const rows = execFileSync("ps", ["-A", "-ww", "-o", "pid=,ppid=,stat=,args="], { encoding: "utf8" });
  return [...rows.matchAll(/^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/gm)]
    .filter(([, , , state]) => !state?.startsWith("Z"))
    .map(([, pid, parent, , command]) => ({
      pid: Number(pid),
      parent: Number(parent),
      command: command ?? "",
    }));
}

export function descendants(root: number, all = listProcesses()): Process[] {
  const children = all.filter(({ parent }) => parent === root);
  return children.flatMap((child) => [child, ...descendants(child.pid, all)]);
}

export const isAlive = (pid: number): boolean => listProcesses().some((each) => each.pid === pid);

/** The one descendant of `root` whose command line matches, once it is there. */
export async function waitForProcess(root: number, command: RegExp, within = 20_000): Promise<number> {
  for (const until = Date.now() + within; ; ) {
    const found = descendants(root).find((each) => command.test(each.command));
    if (found) return found.pid;
    if (Date.now() > until) {
      const seen = descendants(root).map(({ pid, command: line }) => `${pid} ${line.slice(0, 160)}`);
      throw new Error(`No process under ${root} matches ${command}. There are:\n${seen.join("\n")}`);
    }
    await sleep(100);
  }
}

export const extensionHost = (server: { pid: number }) => waitForProcess(server.pid, /--type=extensionHost/);

export const daemon = (server: { pid: number }) =>
  waitForProcess(server.pid, /python\S* .*tunesmith(\.cli|\.server)?\S* lsp|python\S* -m tunesmith\.server/);

/** Waits until every one of these processes is gone; throws with those that stay. */
export async function waitUntilGone(pids: number[], within = 10_000): Promise<void> {
  for (const until = Date.now() + within; ; ) {
    const alive = listProcesses().filter(({ pid }) => pids.includes(pid));
    if (alive.length === 0) return;
    if (Date.now() > until) throw new Error(`Still running: ${JSON.stringify(alive, null, 2)}`);
    await sleep(100);
  }
}
