/** Processes of the machine as a tree: to find the extension host and the daemon, and to see that nothing is left. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export interface Process {
  pid: number;
  parent: number;
  command: string;
}

/** Linux says it in /proc, also where `ps` is not installed. */
function listFromProc(): Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0").join(" ").trim();
        return state === "Z" ? [] : [{ pid: Number(name), parent: Number(parent), command }];
      } catch (error) {
        // A process may end between the listing and the reading; that is all that is forgiven.
        if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
        throw error;
      }
    });
}

function listFromPs(): Process[] {
  const rows = execFileSync("ps", ["-A", "-ww", "-o", "pid=,ppid=,stat=,args="], { encoding: "utf8" });
  return [...rows.matchAll(/^\s*(\d+)\s+(\d+)\s+([^Z\s]\S*)\s+(.*)$/gm)].map(
    ([, pid, parent, , command]) => ({
      pid: Number(pid),
      parent: Number(parent),
      command: command ?? "",
    }),
  );
}

export const listProcesses = existsSync("/proc/self/stat") ? listFromProc : listFromPs;

export function descendants(root: number, all = listProcesses()): Process[] {
  const children = all.filter(({ parent }) => parent === root);
  return children.flatMap((child) => [child, ...descendants(child.pid, all)]);
}

export const isAlive = (pid: number): boolean => listProcesses().some((each) => each.pid === pid);

/** The one descendant of `root` whose command line matches, once it is there. */
export async function waitForProcess(root: number, command: RegExp, within = 60_000): Promise<number> {
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

export const daemon = (server: { pid: number }, within?: number) =>
  waitForProcess(server.pid, /python\S* .*-m tunesmith lsp/, within);

/** Waits until every one of these processes is gone; throws with those that stay. */
export async function waitUntilGone(pids: number[], within = 60_000): Promise<void> {
  for (const until = Date.now() + within; ; ) {
    const alive = listProcesses().filter(({ pid }) => pids.includes(pid));
    if (alive.length === 0) return;
    if (Date.now() > until) throw new Error(`Still running: ${JSON.stringify(alive, null, 2)}`);
    await sleep(100);
  }
}
