/** code-server on samples/, in the foreground, until Ctrl-C. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CACHE, SAMPLES } from "../setup/paths.mjs";
import { startCodeServer } from "./code-server.mjs";
import { freePort } from "./port.mjs";
import { FIRST_USER_SETTINGS, writeFirstSettings } from "./settings.mjs";

/** The same port from start to start where it is free: the browser keeps the window's layout and trust by it. */
const PREFERRED_PORT = Number(process.env.PORT ?? 8763);

/** Kept from start to start, readable by this user alone: a browser that was let in once stays in. */
function keptPassword(/** @type {string} */ home) {
  const file = join(home, "password");
  mkdirSync(home, { recursive: true });
  if (!existsSync(file)) writeFileSync(file, randomBytes(9).toString("base64url"), { mode: 0o600 });
  return readFileSync(file, "utf8");
}

export async function serveSamples() {
  const home = join(CACHE, "start");
  const password = keptPassword(home);
  writeFirstSettings(join(home, "user-data", "User", "settings.json"), FIRST_USER_SETTINGS);
  const server = await startCodeServer({
    home,
    folder: SAMPLES,
    password,
    port: await freePort(PREFERRED_PORT),
  });
  const stopped = new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
      process.removeAllListeners(signal);
      process.on(signal, () => resolve(signal));
    }
  });
  console.log(`\nVS Code with Tunesmith: ${server.origin}/?folder=${encodeURIComponent(SAMPLES)}`);
  console.log(`Password, asked for once: ${password}`);
  console.log("Ctrl-C ends the editor; runs go on.");
  const cause = await Promise.race([stopped, server.ended]);
  await server.stop();
  if (!["SIGINT", "SIGTERM", "SIGHUP"].includes(cause))
    throw new Error(`code-server ${cause}. Its log: ${join(server.home, "server.log")}`);
  console.log("Ended.");
}
