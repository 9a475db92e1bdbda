// A service that answers what it is told, and keeps what it was asked.
import { createServer } from "node:http";

export const answer = { status: 200, headers: {}, body: "{}" };
export const asked = [];

const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks).toString();
    asked.push({ path: request.url, headers: request.headers, body });
    const { status, headers, body: said } = answer.next?.(asked.length) ?? answer;
    if (status === 0) return request.socket.destroy();
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(said);
  });
});

export const endpoint = await new Promise((resolve) => {
  server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${server.address().port}`));
});

export function close() {
  server.close();
  server.closeAllConnections();
}
