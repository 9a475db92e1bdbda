// The admin API. The header is what no other page can send.
const HEADERS = { "X-Kvs-Emulator": "1" };

/** Calls the emulator; throws an `Error` whose message is its sentence. */
export async function call(method, path, body) {
  const headers = body === undefined ? HEADERS : { ...HEADERS, "Content-Type": "application/json" };
  const text = body === undefined ? undefined : JSON.stringify(body);
  let response;
  try {
    response = await fetch(path, { method, headers, body: text });
  } catch {
    throw new Error("The emulator does not answer. Is it still running?");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(answer.error ?? `The emulator answered ${response.status}.`);
  }
  return answer;
}
