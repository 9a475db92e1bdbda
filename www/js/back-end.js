// The person's own back end: it signs, so that there is no AWS key in this page.

/** A session provider that asks the back end at `url`. */
export function askBackEnd(url) {
  return async ({ signal, ...request }) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(request),
      signal,
    });
    if (!response.ok) throw new Error(`the back end answered ${response.status}`);
    return response.json();
  };
}
