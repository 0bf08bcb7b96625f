/** Run a command with its whole output in a log file; no shell in between. */
import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LOGS, ROOT } from "./paths.mjs";

const running = new Set();

export class CommandFailed extends Error {
  constructor(command, how) {
    super(`${command} ${how}`);
    this.name = "CommandFailed";
  }
}

export function logPath(name) {
  return join(LOGS, `${name}.log`);
}

/** Opens the log of `name`; the returned `run` appends each command and all it prints, and `onLine` sees it live. */
export function openLog(name, onLine = () => {}) {
  mkdirSync(LOGS, { recursive: true });
  const log = createWriteStream(logPath(name));
  const take = (chunk) => {
    log.write(chunk);
    const line = chunk
      .toString()
      .split(/[\r\n]+/)
      .findLast((each) => each.trim());
    if (line) onLine(line.trim());
  };
  const run = (command, args, { cwd = ROOT, env = {} } = {}) =>
    new Promise((resolve, reject) => {
      log.write(`$ ${[command, ...args].join(" ")}\n`);
      const child = spawn(command, args, {
        cwd,
        env: { ...process.env, ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      running.add(child);
      child.stdout.on("data", take);
      child.stderr.on("data", take);
      child.on("error", (error) => {
        running.delete(child);
        reject(new CommandFailed(command, `could not be started: ${error.message}`));
      });
      child.on("close", (code, signal) => {
        running.delete(child);
        if (code === 0) resolve();
        else
          reject(
            new CommandFailed(command, signal ? `was ended by ${signal}` : `ended with exit code ${code}`),
          );
      });
    });
  const say = (text) => take(Buffer.from(`${text}\n`));
  return { run, say, close: () => new Promise((resolve) => log.end(resolve)) };
}

export function lastLines(name, count) {
  return readFileSync(logPath(name), "utf8").trimEnd().split("\n").slice(-count);
}

/** Ends what still runs when the set-up itself is ended. */
export function endRunningCommands() {
  for (const child of running) child.kill("SIGTERM");
}
