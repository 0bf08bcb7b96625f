import * as vscode from "vscode";
import { activeRecipe } from "../activeRecipe";
import { pickRecipe } from "../commands/pick";
import { train } from "../commands/train";
import type { Ctx } from "../ctx";
import { Failure, report } from "../failure";
import { isRecipe, RECIPE_FILES } from "../recipes";
import { pickAttachable } from "./attach";
import { DEBUG_TYPE, findRun, intent, namedRun } from "./configuration";
import { launchOf } from "./debug";

const MOST_RECIPES = 100;

/** Offered under "Tunesmith" by Run and Debug: every recipe of the workspace. */
export async function provideDebugConfigurations(): Promise<vscode.DebugConfiguration[]> {
  const recipes = await vscode.workspace.findFiles(RECIPE_FILES, undefined, MOST_RECIPES);
  return recipes
    .map((uri) => ({ ...launchOf(uri), name: vscode.workspace.asRelativePath(uri) }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Completes configurations: from launch.json, from a command, or empty, as F5 without a launch.json makes them. */
export class Configurations implements vscode.DebugConfigurationProvider {
  constructor(private readonly ctx: Ctx) {}

  async resolveDebugConfiguration(
    _folder: vscode.WorkspaceFolder | undefined,
    written: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    return this.orReport(async () => {
      const wanted = intent(written, activeRecipe() !== undefined);
      if (wanted === "rank") {
        return written;
      }
      const named = { ...written, type: DEBUG_TYPE, name: written.name || "Tunesmith" };
      return wanted === "launch" ? withRecipe(named) : withRun(this.ctx, named);
    });
  }

  async resolveDebugConfigurationWithSubstitutedVariables(
    _folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    return this.orReport(async () => {
      if (intent(configuration, false) !== "launch") {
        return configuration;
      }
      const recipe = await recipeFor(configuration.recipe);
      if (recipe === undefined) {
        return undefined;
      }
      if (configuration.noDebug) {
        await train(this.ctx, recipe);
        return undefined;
      }
      return { ...configuration, recipe: recipe.fsPath };
    });
  }

  /** Undefined ends the start in silence: what went wrong has been shown by then. */
  private async orReport<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      void report(this.ctx.output, "debug", error);
      return undefined;
    }
  }
}

async function withRecipe(
  written: vscode.DebugConfiguration,
): Promise<vscode.DebugConfiguration | undefined> {
  const recipe = written.recipe || (await pickRecipe(undefined))?.fsPath;
  return recipe ? { ...written, request: "launch", recipe } : undefined;
}

/** The recipe itself; for another file, such as the script that is being edited, one that is picked. */
function recipeFor(path: unknown): Promise<vscode.Uri | undefined> {
  const named = typeof path === "string" ? vscode.Uri.file(path) : undefined;
  return named !== undefined && isRecipe(named) ? Promise.resolve(named) : pickRecipe(undefined);
}

/** With the run's folder in it, asking for the run when none is named. */
async function withRun(
  ctx: Ctx,
  written: vscode.DebugConfiguration,
): Promise<vscode.DebugConfiguration | undefined> {
  const run = await folderOf(ctx, written.run);
  return run === undefined ? undefined : { ...written, request: "attach", run };
}

async function folderOf(ctx: Ctx, run: unknown): Promise<string | undefined> {
  const named = namedRun(run);
  if (named.kind === "folder") {
    return named.folder;
  }
  if (named.kind === "none") {
    return (await pickAttachable(ctx))?.folder;
  }
  const found = findRun(named.id, ctx.runs.all());
  if (found === undefined) {
    throw new Failure(
      vscode.l10n.t(
        "The debug configuration names run {0}; this window has no such run, or several.",
        named.id,
      ),
    );
  }
  return found.folder;
}
