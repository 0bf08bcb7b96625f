// The other end of the wire: the extension host, over the webview's messages.
import type { HostRequests, WebviewEvents } from "../../shared/messages";
import { Caller, type Envelope, type Listeners } from "../../shared/rpc";

interface PageState {
  /** Run id → index of its colour. */
  colors: [string, number][];
}

declare function acquireVsCodeApi(): {
  postMessage(message: Envelope): void;
  getState(): PageState | undefined;
  setState(state: PageState): void;
};

const vscode = acquireVsCodeApi();

export function connect(listeners: Listeners<WebviewEvents>): Caller<HostRequests, WebviewEvents> {
  const caller = new Caller<HostRequests, WebviewEvents>((message) => vscode.postMessage(message), listeners);
  window.addEventListener("message", (event: MessageEvent<Envelope>) => caller.receive(event.data));
  return caller;
}

/** Colours outlive a reload of the page. */
export function loadColors(): Map<string, number> {
  return new Map(vscode.getState()?.colors ?? []);
}

export function saveColors(colors: ReadonlyMap<string, number>): void {
  vscode.setState({ colors: [...colors] });
}
