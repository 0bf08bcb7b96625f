// The environments that Microsoft's Python extensions know. Neither is needed; what is used of them is typed here.
import * as vscode from "vscode";

const PYTHON = "ms-python.python";
const ENVIRONMENTS = "ms-python.vscode-python-envs";
/** An extension that searches disks must not hold up a list that is open. */
const PATIENCE_MS = 3000;

interface PythonApi {
  readonly environments?: {
    readonly known?: readonly { readonly path: string }[];
    getActiveEnvironmentPath?(resource?: vscode.Uri): { readonly path: string } | undefined;
  };
}

interface EnvironmentsApi {
  getEnvironments?(scope: "all"): Promise<readonly { readonly environmentPath?: vscode.Uri }[]>;
}

/** Paths of Pythons or of environments' folders, the one that is selected for `folder` first; empty without them. */
export async function knownToPython(
  folder: vscode.Uri | undefined,
  output: vscode.LogOutputChannel,
): Promise<string[]> {
  const found = await Promise.all([
    guarded(PYTHON, output, async () => ofPython(exportsOf<PythonApi>(PYTHON), folder)),
    guarded(ENVIRONMENTS, output, () => ofEnvironments(exportsOf<EnvironmentsApi>(ENVIRONMENTS))),
  ]);
  return [...new Set(found.flat())];
}

/** Undefined while it is not running: to list environments is no reason to start it. */
function exportsOf<Api>(id: string): Api | undefined {
  const extension = vscode.extensions.getExtension<Api>(id);
  return extension?.isActive ? extension.exports : undefined;
}

function ofPython(api: PythonApi | undefined, folder: vscode.Uri | undefined): string[] {
  const selected = api?.environments?.getActiveEnvironmentPath?.(folder)?.path;
  const known = api?.environments?.known?.map(({ path }) => path) ?? [];
  return [...(selected ? [selected] : []), ...known];
}

async function ofEnvironments(api: EnvironmentsApi | undefined): Promise<string[]> {
  const found = (await api?.getEnvironments?.("all")) ?? [];
  return found.flatMap(({ environmentPath }) => environmentPath?.fsPath ?? []);
}

async function guarded(
  id: string,
  output: vscode.LogOutputChannel,
  ask: () => Promise<string[]>,
): Promise<string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, refuse) => {
    timer = setTimeout(
      () => refuse(new Error(vscode.l10n.t("no answer within {0} ms", PATIENCE_MS))),
      PATIENCE_MS,
    );
  });
  try {
    return await Promise.race([ask(), late]);
  } catch (error) {
    output.warn(`${id} did not tell its environments: ${String(error)}`);
    return [];
  } finally {
    clearTimeout(timer);
  }
}
