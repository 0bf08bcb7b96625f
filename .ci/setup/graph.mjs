/** Runs a table of steps: what is current is skipped, what is independent runs side by side. */
import { CommandFailed, lastLines, logPath, openLog } from "./command.mjs";
import { clearStamp, hashInputs, isCurrent, writeStamp } from "./stamp.mjs";

export class StepFailed extends Error {
  constructor(step, cause) {
    const tail = lastLines(step.name, 30).map((line) => `  | ${line}`);
    super(
      `Set-up stopped at: ${step.title}\n${cause.message}\nLast lines:\n${tail.join("\n")}\n` +
        `Whole log: ${logPath(step.name)}\nMend the cause and run the command again; finished steps are kept.`,
    );
    this.name = "StepFailed";
  }
}

/** True when the step did something. */
async function runStep(step, display) {
  const hash = () => hashInputs(step.inputs, step.facts);
  if (!step.always && isCurrent(step.name, hash(), step.outputs)) return false;
  clearStamp(step.name);
  display.started(step);
  const log = openLog(step.name, (line) => display.line(step, line));
  try {
    await step.run(log);
  } catch (error) {
    log.say(error instanceof CommandFailed ? error.message : error.stack);
    await log.close();
    display.failed(step);
    throw new StepFailed(step, error);
  }
  await log.close();
  if (!step.always) writeStamp(step.name, hash());
  display.finished(step);
  return true;
}

/** Runs all; after a failure nothing new starts, what runs may end. Returns how many steps did something. */
export async function runSteps(steps, display) {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const results = new Map();
  let failed = false;
  const start = (name) => {
    if (!results.has(name)) results.set(name, run(byName.get(name)));
    return results.get(name);
  };
  const run = async (step) => {
    const before = await Promise.all(step.needs.filter((need) => byName.has(need)).map(start));
    if (failed || before.includes("left out")) return "left out";
    try {
      return (await runStep(step, display)) ? "ran" : "current";
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  const settled = await Promise.allSettled(steps.map(({ name }) => start(name)));
  const failures = new Set(settled.filter(({ status }) => status === "rejected").map(({ reason }) => reason));
  if (failures.size > 0) throw new Error([...failures].map(({ message }) => message).join("\n\n"));
  return settled.filter(({ value }) => value === "ran").length;
}
