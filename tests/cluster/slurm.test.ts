/** A run on a real Slurm, from the editor: started, watched, pre-empted, requeued, resumed, stopped, cancelled. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, type TestContext, test } from "vitest";
import type { Run } from "../../extension/src/protocol.gen.ts";
import { type Cluster, startCluster } from "../workbench/cluster.ts";
import { clickCodeLens } from "../workbench/editor.ts";
import { openFile, runCommand } from "../workbench/palette.ts";
import { listRuns, onlyRun } from "../workbench/runs.ts";
import { startWorkbench, type Workbench } from "../workbench/workbench.ts";
import { copySample, type Workspace } from "../workbench/workspace.ts";

const LONG_MS = 150_000;

let workspace: Workspace;
let workbench: Workbench;
let page: Page;
let cluster: Cluster | string;

beforeAll(async () => {
  workspace = copySample();
  cluster = await startCluster(workspace.folder);
  if (typeof cluster === "string") return;
  workbench = await startWorkbench({ folder: workspace.folder });
  page = await workbench.open();
});

afterAll(async () => {
  await workbench?.close();
  if (typeof cluster === "object") await cluster.stop();
  workspace?.remove();
});

const row = (name: RegExp) => page.getByRole("treeitem", { name }).first();

function slurm(context: TestContext): Cluster {
  if (typeof cluster === "string") context.skip(cluster);
  return cluster as Cluster;
}

function newest(): Run {
  const [run] = listRuns(workspace.folder);
  if (!run) throw new Error(`No run in ${workspace.folder}`);
  return run;
}

const number = (run: Run): string => (run.job ?? "").replace("slurm ", "");
const steps = () => onlyRun(workspace.folder).step;

test("Train submits a job, and the tree follows it", async (context) => {
  const { ask } = slurm(context);
  await openFile(page, "tiny.train.yaml");
  await runCommand(page, "View: Show Tunesmith");
  await clickCodeLens(page, "Train");
  await row(/tiny #.*slurm 1/).waitFor({ timeout: LONG_MS });
  await row(/tiny #.*Running/).waitFor({ timeout: LONG_MS });
  await page.locator(".statusbar").getByText("2 ranks").waitFor({ timeout: LONG_MS });
  await expect.poll(steps, { timeout: LONG_MS }).toBeGreaterThan(2);
  expect(ask("squeue", "--noheader", "--format=%A %T %N")).toBe("1 RUNNING n[1-2]");
});

test("a run whose machines are taken away waits, and goes on from its checkpoint", async (context) => {
  const { ask } = slurm(context);
  const urgent = ["--partition=urgent", "--nodes=2", "--exclusive", "--output=/dev/null", "--wrap=sleep 5"];
  ask("sbatch", ...urgent);
  await row(/tiny #.*Slurm took its machines back.* · slurm 1/).waitFor({ timeout: LONG_MS });
  await expect.poll(() => ask("squeue", "--noheader", "--partition=urgent"), { timeout: LONG_MS }).toBe("");
  ask("scontrol", "update", "JobId=1", "StartTime=now");
  await expect.poll(() => onlyRun(workspace.folder).attempt, { timeout: LONG_MS }).toBe(2);
  await row(/tiny #.*Running/).waitFor({ timeout: LONG_MS });
  const { resumed } = onlyRun(workspace.folder);
  expect(resumed?.why).toBe("requeue");
  await expect.poll(steps, { timeout: LONG_MS }).toBeGreaterThan(resumed?.step ?? Number.POSITIVE_INFINITY);
});

test("a stop saves a checkpoint and ends the job", async (context) => {
  const { ask } = slurm(context);
  await runCommand(page, "Tunesmith: Stop Run");
  await row(/tiny #.*stopped at/).waitFor({ timeout: LONG_MS });
  await expect.poll(() => ask("squeue", "--noheader"), { timeout: LONG_MS }).toBe("");
  expect(onlyRun(workspace.folder)).toMatchObject({ state: "ended", cause: "stopped", attempt: 2 });
});

test("a run that waits for its turn is cancelled", async (context) => {
  const { ask } = slurm(context);
  const other = ask(
    "sbatch",
    "--parsable",
    "--nodes=2",
    "--exclusive",
    "--output=/dev/null",
    "--wrap=sleep 900",
  );
  await clickCodeLens(page, "Train");
  const queued = { state: "queued", job: expect.stringMatching(/^slurm \d+$/) };
  await expect.poll(newest, { timeout: LONG_MS }).toMatchObject(queued);
  const waits = newest();
  await row(new RegExp(`tiny #.* · slurm ${number(waits)}`)).waitFor({ timeout: LONG_MS });
  expect(ask("squeue", "--noheader", `--job=${number(waits)}`, "--format=%T")).toBe("PENDING");
  await runCommand(page, "Tunesmith: Stop Run");
  await expect.poll(newest, { timeout: LONG_MS }).toMatchObject({ state: "ended", cause: "stopped" });
  expect(newest().message).toBe("Stopped while it waited in the queue of the cluster.");
  expect(ask("squeue", "--noheader", "--format=%A")).toBe(other);
  ask("scancel", other);
});

test("a run that trains is cancelled at once", async (context) => {
  const { ask } = slurm(context);
  await clickCodeLens(page, "Train");
  await expect.poll(() => newest().step, { timeout: LONG_MS }).toBeGreaterThan(1);
  const trains = newest();
  await runCommand(page, "Tunesmith: Stop Run Now");
  await page.getByRole("dialog").getByRole("button", { name: "Stop Now" }).click();
  await expect
    .poll(newest, { timeout: LONG_MS })
    .toMatchObject({ id: trains.id, state: "ended", cause: "killed" });
  await expect.poll(() => ask("squeue", "--noheader"), { timeout: LONG_MS }).toBe("");
  expect(ask("scontrol", "show", "job", number(trains), "--oneliner")).toContain("JobState=CANCELLED");
});
