/** One code-server on loopback: the launcher of `npm start` and of the browser tests. */
import { spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CODE_SERVER, WORKBENCH_EXTENSIONS, workbenchNode } from "../setup/paths.mjs";
import { freePort } from "./port.mjs";
import { DAEMON_SETTINGS, QUIET_SETTINGS, writeSettings } from "./settings.mjs";

const READY_WITHIN_MS = 60_000;
const END_WITHIN_MS = 8_000;

/**
 * @typedef {object} CodeServer
 * @property {string} origin where it answers, without a trailing slash
 * @property {string} home its whole state: user data, config, log
 * @property {number} pid leader of its process group
 * @property {() => string} log what it printed so far
 * @property {Promise<string>} ended settles when the process is gone, with how it ended
 * @property {() => Promise<void>} stop ends its whole process group
 */

/** @param {string} home
 *  @param {{trusted?: boolean, password?: string, extensions?: string, port: number, folder: string}} options */
function launchArguments(home, { trusted, password, extensions = WORKBENCH_EXTENSIONS, port, folder }) {
  return [
    join(CODE_SERVER, "out", "node", "entry.js"),
    ...["--config", join(home, "config.yaml")],
    ...["--user-data-dir", join(home, "user-data")],
    ...["--extensions-dir", extensions],
    ...["--auth", password ? "password" : "none", "--bind-addr", `127.0.0.1:${port}`],
    "--disable-telemetry",
    "--disable-update-check",
    "--disable-getting-started-override",
    "--ignore-last-opened",
    ...(trusted ? ["--disable-workspace-trust"] : []),
    folder,
  ];
}

/** What an editor's terminal or npm itself left in the environment would confuse the workbench inside. */
const NOT_INHERITED = /^(VSCODE_|ELECTRON_|NODE_OPTIONS$|npm_|PORT$)/;

function launchEnvironment(/** @type {string} */ home, /** @type {Record<string, string>} */ extra) {
  const inherited = Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name));
  return {
    ...Object.fromEntries(inherited),
    XDG_CONFIG_HOME: join(home, "config"),
    XDG_DATA_HOME: join(home, "data"),
    EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: "", itemUrl: "", resourceUrlTemplate: "" }),
    ...extra,
  };
}

/** Sends `signal` to the group; false when it is gone. */
function signalGroup(/** @type {number} */ pid, /** @type {NodeJS.Signals | 0} */ signal) {
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ESRCH") return false;
    throw error;
  }
}

async function endGroup(/** @type {number} */ pid) {
  /** @type {Array<[NodeJS.Signals, number]>} */
  const rounds = [
    ["SIGTERM", END_WITHIN_MS],
    ["SIGKILL", END_WITHIN_MS],
  ];
  for (const [signal, patience] of rounds) {
    if (!signalGroup(pid, signal)) return;
    for (const until = Date.now() + patience; Date.now() < until; ) {
      if (!signalGroup(pid, 0)) return;
      await sleep(50);
    }
  }
  throw new Error(`code-server's process group ${pid} is still there after SIGKILL`);
}

/** Waits for /healthz; throws with the server's log when it ends or does not answer. */
async function untilReady(/** @type {CodeServer} */ server) {
  let how = "";
  server.ended.then((text) => {
    how = text;
  });
  const until = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const answer = await fetch(`${server.origin}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    const trouble = how || (Date.now() > until ? `did not answer within ${READY_WITHIN_MS / 1000} s` : "");
    if (trouble) throw new Error(`code-server ${trouble}. It printed:\n${server.log()}`);
    await sleep(100);
  }
}

/**
 * @param {{home: string, folder: string, trusted?: boolean, password?: string, extensions?: string, port?: number,
 *   env?: Record<string, string>, machineSettings?: object, userSettings?: object}} options
 *   `home`: where its state lives; `trusted`: no Workspace Trust question;
 *   `password`: what a browser must say first, since other users of the machine reach loopback too
 * @returns {Promise<CodeServer>}
 */
export async function startCodeServer({ home, machineSettings, userSettings, ...options }) {
  const port = options.port ?? (await freePort());
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "config.yaml"), "");
  const settings = { ...QUIET_SETTINGS, ...DAEMON_SETTINGS, ...machineSettings };
  writeSettings(join(home, "user-data", "Machine", "settings.json"), settings);
  if (userSettings) writeSettings(join(home, "user-data", "User", "settings.json"), userSettings);

  const logFile = join(home, "server.log");
  const out = openSync(logFile, "w");
  const child = spawn(join(workbenchNode(), "bin", "node"), launchArguments(home, { ...options, port }), {
    cwd: home,
    env: launchEnvironment(home, {
      ...options.env,
      ...(options.password ? { PASSWORD: options.password } : {}),
    }),
    detached: true,
    stdio: ["ignore", out, out],
  });
  const ended = new Promise((/** @type {(how: string) => void} */ resolve) => {
    child.once("error", (error) => resolve(`could not be started: ${error.message}`));
    child.once("exit", (code, signal) =>
      resolve(signal ? `was ended by ${signal}` : `ended with exit code ${code}`),
    );
  });
  const pid = child.pid ?? 0;
  const server = {
    origin: `http://127.0.0.1:${port}`,
    home,
    pid,
    log: () => readFileSync(logFile, "utf8"),
    ended,
    stop: () => (pid ? endGroup(pid) : Promise.resolve()),
  };
  try {
    await untilReady(server);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}
