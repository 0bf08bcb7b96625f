// The other end of the wire: the extension host, over the webview's messages.
import type { HostRequests, WebviewEvents } from "../../shared/messages";
import { Caller, type Envelope, type Listeners } from "../../shared/rpc";

declare function acquireVsCodeApi(): {
  postMessage(message: Envelope): void;
};

const vscode = acquireVsCodeApi();

export function connect(listeners: Listeners<WebviewEvents>): Caller<HostRequests, WebviewEvents> {
  const caller = new Caller<HostRequests, WebviewEvents>((message) => vscode.postMessage(message), listeners);
  window.addEventListener("message", (event: MessageEvent<Envelope>) => caller.receive(event.data));
  return caller;
}
