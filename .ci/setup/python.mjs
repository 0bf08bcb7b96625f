/** The Python that makes the environments: PYTHON, else the newest of 3.13 … 3.11, else python3. */
import { spawnSync } from "node:child_process";

const OLDEST = [3, 11];
const CANDIDATES = ["python3.13", "python3.12", "python3.11", "python3"];
const PROBE = "import sys; print(sys.version_info[0], sys.version_info[1], sys.executable)";

function probe(command) {
  const answer = spawnSync(command, ["-c", PROBE], { encoding: "utf8" });
  if (answer.status !== 0) return undefined;
  const [, major, minor, executable] = answer.stdout.match(/^(\d+) (\d+) (.+)/) ?? [];
  return executable && { command, major: Number(major), minor: Number(minor), executable };
}

const newEnough = ({ major, minor }) => major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);

/** `{command, major, minor, executable}`; throws a message that says what to install. */
export function findPython() {
  const asked = process.env.PYTHON;
  const found = (asked ? [asked] : CANDIDATES).map(probe).filter(Boolean);
  const chosen = found.find(newEnough);
  if (chosen) return chosen;
  const seen =
    found.map(({ command, major, minor }) => `${command} is ${major}.${minor}`).join(", ") ||
    "none was found";
  throw new Error(
    `Python 3.11 or newer is needed: ${asked ? `PYTHON=${asked}, ` : ""}${seen}.\n` +
      "Install one (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python@3.13) " +
      "or name it: PYTHON=/path/to/python3.12 npm start",
  );
}

/** Debian splits venv from Python: without ensurepip no environment can be made. */
export function canMakeEnvironments(python) {
  return spawnSync(python.executable, ["-c", "import venv, ensurepip"]).status === 0;
}
