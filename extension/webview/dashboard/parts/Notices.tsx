// What went wrong, where it went wrong, with a way to try again.
import * as l10n from "@vscode/l10n";
import { dismiss } from "../actions";
import { connection, type Notice, notices } from "../state";
import { Icon, IconButton } from "./Icon";

export function NoticeLine({ notice }: { notice: Notice }) {
  return (
    <div class="notice" role="alert">
      {notice.retry ? (
        <Icon name="error" color="var(--failed)" />
      ) : (
        <Icon name="warning" color="var(--queued)" />
      )}
      <span class="notice-text">{notice.text}</span>
      {notice.retry && (
        <button
          type="button"
          class="secondary"
          onClick={() => {
            dismiss(notice);
            notice.retry?.();
          }}
        >
          {l10n.t("Try again")}
        </button>
      )}
      <IconButton icon="close" label={l10n.t("Dismiss")} onClick={() => dismiss(notice)} />
    </div>
  );
}

/** About the whole page: the connection, and requests that belong to no run. */
export function PageNotices() {
  const { connected, message } = connection.value;
  return (
    <>
      {!connected && (
        <div class="notice" role="alert">
          <Icon name="debug-disconnect" color="var(--queued)" />
          <span class="notice-text">
            {message ?? l10n.t("Not connected to the Tunesmith daemon.")}{" "}
            {l10n.t("Runs go on; new points appear when it is back.")}
          </span>
        </div>
      )}
      {notices.value
        .filter((notice) => notice.runId === null)
        .map((notice) => (
          <NoticeLine key={notice.text} notice={notice} />
        ))}
    </>
  );
}
