// What the page itself does from the click until its sessions start, as phases of their start-up.

let clicked = 0;
let phases = [];

/** A door was clicked just now: all times count from here. */
export function beginPhases() {
  clicked = Date.now();
  phases = [];
}

/** Does the work as a phase of that name and role. */
export async function asPhase(name, role, work) {
  const phase = { name, role, start: Date.now(), end: null };
  phases.push(phase);
  try {
    return await work();
  } finally {
    phase.end = Date.now();
  }
}

/** The page's phases. */
export function ownPhases() {
  return phases;
}

/** When the door was clicked, in epoch milliseconds. */
export function clickedAt() {
  return clicked;
}

/** A session's timeline from the click on, of which the session knows nothing; nothing of one whose instance has ended. */
export function timelineOf(session) {
  try {
    return session.timeline().map((entry) => (entry.name === "clickToFirstFrame" ? { ...entry, start: clicked } : entry));
  } catch {
    return [];
  }
}
