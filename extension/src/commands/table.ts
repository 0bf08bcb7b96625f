import * as vscode from "vscode";
import type { Ctx } from "../ctx";
import { attachDebugger } from "../debug/attach";
import { debugRecipe } from "../debug/debug";
import { report } from "../failure";
import { trainAgain, trainAgainAsItWas } from "../history/again";
import { openRunCode, removeRunCode } from "../history/code";
import { compareRecipe, compareRuns } from "../history/compare";
import { editNote, editTags } from "../history/notes";
import { deleteRuns, emptyTrash, restoreRuns } from "../history/trash";
import { checkEnvironment } from "../interpreters/doctor";
import { selectInterpreter } from "../interpreters/select";
import { restartDaemon, showOutput } from "./daemon";
import { collectDiagnostics } from "./diagnostics";
import { dryRun } from "./dryRun";
import { CLICK_IDS, COMMAND_IDS, type CommandId } from "./ids";
import {
  followLog,
  openRecipe,
  openSelectedRank,
  revealRunFolder,
  showAllLogs,
  showError,
  showLog,
  stopFollowingLog,
} from "./open";
import { continueRun, moveUpInQueue, pauseRun, startNow, stopAfterEpoch, trainInQueue } from "./queue";
import { resumeRun } from "./resume";
import { openDashboard, openLiveRun, openSelectedRun, refreshRuns, stop, stopNow } from "./runs";
import {
  clearRunsFilter,
  filterRuns,
  groupRunsByRecipe,
  groupRunsByTime,
  searchRuns,
  sortRuns,
} from "./runsView";
import { openSample, openWalkthrough } from "./sample";
import { chooseDaemonPython, setUpDaemon } from "./setUp";
import { train } from "./train";

/**
 * `target` is what VS Code passes: a URI, a row of the tree, a run's id, or nothing from the palette; `selection`
 * all rows that are selected along with it.
 */
export type Command = (ctx: Ctx, target: unknown, selection?: unknown) => Promise<void> | void;

const COMMANDS: Record<CommandId, Command> = {
  "tunesmith.train": train,
  "tunesmith.debug": debugRecipe,
  "tunesmith.trainInQueue": trainInQueue,
  "tunesmith.dryRun": dryRun,
  "tunesmith.stop": stop,
  "tunesmith.stopNow": stopNow,
  "tunesmith.stopAfterEpoch": stopAfterEpoch,
  "tunesmith.pauseRun": pauseRun,
  "tunesmith.continueRun": continueRun,
  "tunesmith.startNow": startNow,
  "tunesmith.moveUpInQueue": moveUpInQueue,
  "tunesmith.resumeRun": resumeRun,
  "tunesmith.attachDebugger": attachDebugger,
  "tunesmith.openDashboard": openDashboard,
  "tunesmith.showLog": showLog,
  "tunesmith.showAllLogs": showAllLogs,
  "tunesmith.followLog": followLog,
  "tunesmith.stopFollowingLog": stopFollowingLog,
  "tunesmith.showError": showError,
  "tunesmith.openRecipe": openRecipe,
  "tunesmith.revealRunFolder": revealRunFolder,
  "tunesmith.refreshRuns": refreshRuns,
  "tunesmith.filterRuns": filterRuns,
  "tunesmith.searchRuns": searchRuns,
  "tunesmith.clearRunsFilter": clearRunsFilter,
  "tunesmith.sortRuns": sortRuns,
  "tunesmith.groupRunsByRecipe": groupRunsByRecipe,
  "tunesmith.groupRunsByTime": groupRunsByTime,
  "tunesmith.compareRuns": compareRuns,
  "tunesmith.compareRecipe": compareRecipe,
  "tunesmith.openRunCode": openRunCode,
  "tunesmith.removeRunCode": removeRunCode,
  "tunesmith.trainAgain": trainAgain,
  "tunesmith.trainAgainAsItWas": trainAgainAsItWas,
  "tunesmith.editNote": editNote,
  "tunesmith.editTags": editTags,
  "tunesmith.deleteRun": deleteRuns,
  "tunesmith.restoreRun": restoreRuns,
  "tunesmith.emptyTrash": emptyTrash,
  "tunesmith.selectInterpreter": selectInterpreter,
  "tunesmith.checkEnvironment": checkEnvironment,
  "tunesmith.restartDaemon": restartDaemon,
  "tunesmith.showOutput": showOutput,
  "tunesmith.setUpDaemon": setUpDaemon,
  "tunesmith.chooseDaemonPython": chooseDaemonPython,
  "tunesmith.collectDiagnostics": collectDiagnostics,
  "tunesmith.openSample": openSample,
  "tunesmith.openWalkthrough": openWalkthrough,
  "tunesmith.openSelectedRun": openSelectedRun,
  "tunesmith.openSelectedRank": openSelectedRank,
  "tunesmith.openLiveRun": openLiveRun,
};

export function registerCommands(ctx: Ctx): vscode.Disposable[] {
  return [...COMMAND_IDS, ...CLICK_IDS].map((id) =>
    vscode.commands.registerCommand(id, async (target: unknown, selection: unknown) => {
      try {
        await COMMANDS[id](ctx, target, selection);
      } catch (error) {
        // Not awaited: a command ends when its work ends, not when somebody closes the message.
        void report(ctx.output, id, error);
      }
    }),
  );
}
