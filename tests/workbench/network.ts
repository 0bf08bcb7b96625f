/** In place of the network: an address that answers nobody and counts who asks. */
import { createServer } from "node:net";

export interface NoNetwork {
  /** Variables that lead every ordinary client here. */
  env: Record<string, string>;
  /** What was sent here, the first line of each. */
  asked: string[];
  close(): void;
}

export async function noNetwork(): Promise<NoNetwork> {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.once("data", (data) => {
      asked.push(data.toString("latin1").split("\r\n")[0] ?? "");
      socket.destroy();
    });
    socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  const url = `http://127.0.0.1:${address.port}`;
  const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].flatMap((name) => [name, name.toLowerCase()]);
  const env = Object.fromEntries([...proxies, "PIP_INDEX_URL"].map((name) => [name, url]));
  return { env: { ...env, NO_PROXY: "", no_proxy: "" }, asked, close: () => server.close() };
}
