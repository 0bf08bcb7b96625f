/** Every command that people can call; package.json contributes the same ones. */
export const COMMAND_IDS = [
  "tunesmith.train",
  "tunesmith.debug",
  "tunesmith.trainInQueue",
  "tunesmith.dryRun",
  "tunesmith.stop",
  "tunesmith.stopNow",
  "tunesmith.stopAfterEpoch",
  "tunesmith.pauseRun",
  "tunesmith.continueRun",
  "tunesmith.startNow",
  "tunesmith.moveUpInQueue",
  "tunesmith.resumeRun",
  "tunesmith.attachDebugger",
  "tunesmith.openDashboard",
  "tunesmith.showLog",
  "tunesmith.showAllLogs",
  "tunesmith.followLog",
  "tunesmith.stopFollowingLog",
  "tunesmith.showError",
  "tunesmith.openRecipe",
  "tunesmith.revealRunFolder",
  "tunesmith.refreshRuns",
  "tunesmith.filterRuns",
  "tunesmith.searchRuns",
  "tunesmith.clearRunsFilter",
  "tunesmith.sortRuns",
  "tunesmith.groupRunsByRecipe",
  "tunesmith.groupRunsByTime",
  "tunesmith.compareRuns",
  "tunesmith.compareRecipe",
  "tunesmith.openRunCode",
  "tunesmith.removeRunCode",
  "tunesmith.trainAgain",
  "tunesmith.trainAgainAsItWas",
  "tunesmith.editNote",
  "tunesmith.editTags",
  "tunesmith.deleteRun",
  "tunesmith.restoreRun",
  "tunesmith.emptyTrash",
  "tunesmith.selectInterpreter",
  "tunesmith.checkEnvironment",
  "tunesmith.restartDaemon",
  "tunesmith.showOutput",
  "tunesmith.setUpDaemon",
  "tunesmith.chooseDaemonPython",
  "tunesmith.collectDiagnostics",
  "tunesmith.openSample",
  "tunesmith.openWalkthrough",
] as const;

/**
 * What a click on a row or on the status bar runs. They take no arguments: VS Code forgets the arguments of a
 * row's command whenever the row is drawn anew, and a click that comes just then would fail.
 */
export const CLICK_IDS = [
  "tunesmith.openSelectedRun",
  "tunesmith.openSelectedRank",
  "tunesmith.openLiveRun",
] as const;

export type CommandId = (typeof COMMAND_IDS | typeof CLICK_IDS)[number];
