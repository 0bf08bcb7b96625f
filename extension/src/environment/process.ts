import { spawn } from "node:child_process";
import { once } from "node:events";
import { devNull } from "node:os";
import { createInterface } from "node:readline";

/** A command that ended badly, with all it said. */
export class CommandFailed extends Error {
  constructor(
    command: string,
    how: string,
    readonly output: string,
  ) {
    const lines = output.trim().split("\n");
    const telling = lines.find((line) => line.startsWith("ERROR: ")) ?? lines.at(-1);
    super(`${command} ${how}${telling ? `: ${telling.trim()}` : ""}`);
  }
}

/** Without what would change how Python and pip behave, or make a child of the editor behave like a part of it. */
export function cleanEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = Object.entries(env).filter(
    ([name]) => !/^(PYTHON|PIP_|VIRTUAL_ENV|VSCODE_|ELECTRON_)/.test(name),
  );
  return { ...Object.fromEntries(ours), PIP_CONFIG_FILE: devNull };
}

/** Runs a program to its end; every line it says goes to `log`. An abort ends it, and throws once it has ended. */
export async function run(
  command: string,
  given: string[],
  options: { cwd: string; signal: AbortSignal; log: (line: string) => void },
): Promise<void> {
  const { cwd, signal } = options;
  const child = spawn(command, given, { cwd, signal, env: cleanEnvironment(process.env) });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      output += `${line}\n`;
      options.log(line);
    });
  }
  const closed = new Promise((resolve) => child.once("close", resolve));
  try {
    await once(child, "close");
  } catch (error) {
    if (child.pid !== undefined) {
      await closed; // It writes until then, also into what is about to be removed.
    }
    signal.throwIfAborted();
    throw new CommandFailed(command, "did not start", (error as Error).message);
  }
  if (child.exitCode !== 0) {
    throw new CommandFailed(
      command,
      `ended with ${child.signalCode ?? `exit code ${child.exitCode}`}`,
      output,
    );
  }
}
