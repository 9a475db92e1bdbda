// Leaves for the test what a page has found out; the page's address says what its channel's name is.
export async function tell(find) {
  const name = new URLSearchParams(location.search).get('name');
  const result = await find(location.origin, name).catch((error) => ({
    failed: String(error), code: error.code, cause: String(error.cause),
  }));
  document.documentElement.dataset.result = JSON.stringify(result);
}
