// Leaves for the test what a page has found out; the page's address says what its channel's name is,
// and where the service is when that is not where the page comes from.
export async function tell(find) {
  const query = new URLSearchParams(location.search);
  const endpoint = query.get('endpoint') ?? location.origin;
  const result = await find(endpoint, query.get('name')).catch((error) => ({
    failed: String(error), code: error.code, cause: String(error.cause),
  }));
  document.documentElement.dataset.result = JSON.stringify(result);
}
