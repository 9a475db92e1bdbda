// Ends of names that nobody else has.

/** Eight random digits; unlike `randomUUID()` on pages of plain http too. */
export function randomEnd() {
  return crypto.getRandomValues(new Uint32Array(1))[0].toString(16).padStart(8, "0");
}
