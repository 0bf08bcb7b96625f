/** What a debug configuration of the type "tunesmith" names a run by: nothing yet, an id, or a folder. */
export type NamedRun = { kind: "none" } | { kind: "id"; id: string } | { kind: "folder"; folder: string };

export const DEBUG_TYPE = "tunesmith";

/** A configuration as people write it, or as VS Code makes one without a launch.json: then it has no request. */
export interface Written {
  request?: string;
  run?: unknown;
  recipe?: unknown;
  rank?: unknown;
}

export type Intent = "attach" | "launch" | "rank";

/** What is wanted: a running run, a new run of a recipe, or one rank of a run that has its session already. */
export function intent(written: Written, recipeIsOpen: boolean): Intent {
  if (typeof written.rank === "number" && written.request === "launch") {
    return "rank";
  }
  if (written.request) {
    return written.request === "launch" ? "launch" : "attach";
  }
  return recipeIsOpen ? "launch" : "attach";
}

export function namedRun(run: unknown): NamedRun {
  if (typeof run !== "string" || run.trim() === "") {
    return { kind: "none" };
  }
  // A variable like ${workspaceFolder} is put in later, by VS Code.
  return /[\\/]|\$\{/.test(run) ? { kind: "folder", folder: run } : { kind: "id", id: run };
}

/** The run that an id, or the end of one, means: undefined for none, and for more than one. */
export function findRun<R extends { id: string }>(id: string, runs: R[]): R | undefined {
  const found = runs.filter((run) => run.id === id || run.id.endsWith(id));
  return found.find((run) => run.id === id) ?? (found.length === 1 ? found[0] : undefined);
}
