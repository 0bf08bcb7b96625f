import * as l10n from "@vscode/l10n";
import { load, train } from "../actions";
import { page, pending, runs } from "../state";
import { Groups } from "./Groups";
import { PageNotices } from "./Notices";
import { RunsPanel } from "./RunsPanel";
import { Toolbar } from "./Toolbar";

export function Page() {
  const { value } = page;
  if (value.kind === "failed") {
    return <Failed message={value.message} />;
  }
  if (value.kind === "ready" && runs.value.size === 0) {
    return (
      <>
        <PageNotices />
        <Empty />
      </>
    );
  }
  return (
    <>
      {(value.kind === "loading" || pending.value > 0) && (
        <div class="progress" role="progressbar" aria-label={l10n.t("Reading metrics")} />
      )}
      {value.kind === "ready" && (
        <>
          <Toolbar />
          <PageNotices />
          <main class="body">
            <Groups />
          </main>
          <RunsPanel />
        </>
      )}
    </>
  );
}

function Empty() {
  return (
    <main class="empty whole">
      <p>{l10n.t("No runs yet. Train the open recipe.")}</p>
      <button type="button" class="primary" onClick={train}>
        {l10n.t("Train")}
      </button>
    </main>
  );
}

function Failed({ message }: { message: string }) {
  return (
    <div class="empty whole" role="alert">
      <p>{l10n.t("Could not read the runs. {0}", message)}</p>
      <button type="button" class="primary" onClick={load}>
        {l10n.t("Try again")}
      </button>
    </div>
  );
}
