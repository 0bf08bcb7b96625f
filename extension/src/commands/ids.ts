/** Every command of the extension; package.json contributes the same ones. */
export const COMMAND_IDS = [
  "tunesmith.train",
  "tunesmith.stop",
  "tunesmith.stopNow",
  "tunesmith.openDashboard",
  "tunesmith.showLog",
  "tunesmith.openRecipe",
  "tunesmith.revealRunFolder",
  "tunesmith.refreshRuns",
  "tunesmith.selectInterpreter",
  "tunesmith.restartDaemon",
  "tunesmith.showOutput",
] as const;

export type CommandId = (typeof COMMAND_IDS)[number];
