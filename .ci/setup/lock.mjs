/** One set-up at a time in a checkout: a second one waits until the first has ended. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CACHE } from "./paths.mjs";

const LOCK = join(CACHE, "setup.lock");

function holder() {
  try {
    const pid = Number(readFileSync(LOCK, "utf8"));
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return error.code === "EPERM" ? "another user's process" : undefined;
  }
}

export async function takeLock() {
  mkdirSync(CACHE, { recursive: true });
  for (let told = false; ; told = true) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: "wx" });
      const remove = () => rmSync(LOCK, { force: true });
      process.once("exit", remove);
      return () => {
        // A process that outlives its set-up must not take away the lock of the next one when it ends.
        process.off("exit", remove);
        remove();
      };
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const other = holder();
    if (other === undefined) rmSync(LOCK, { force: true });
    else if (!told) console.log(`Another set-up runs in this checkout (process ${other}); waiting for it.`);
    await sleep(500);
  }
}
