// Files that the person takes along: made in this page, and sent nowhere.

const LIVES_MS = 10_000;

/** Saves a blob under a name. */
export function saveBlob(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // Some browsers read it after the click has returned.
  setTimeout(() => URL.revokeObjectURL(link.href), LIVES_MS);
}
