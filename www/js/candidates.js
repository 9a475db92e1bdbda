// Which candidates are sent and accepted, and which TURN servers are used.

const KINDS = ["host", "srflx", "prflx", "relay", "tcp", "udp"];
const TYPES = KINDS.slice(0, 4);
const WAYS = ["send", "accept"];
/** The one type that a choice of NAT traversal leaves on; the other choices turn all on, the transports too. */
const ONLY = { forceSTUN: "srflx", forceTURN: "relay" };
const CHOICES = ["natTraversalEnabled", "forceTURN", "forceSTUN", "natTraversalDisabled"];

const box = (id) => document.getElementById(id);

/** Sets the boxes as NAT traversal is chosen; a link says itself which it wants. */
export function watchCandidates() {
  for (const id of CHOICES) box(id).addEventListener("change", presetCandidates);
}

/** Sets the boxes to what the chosen NAT traversal makes of them. */
function presetCandidates() {
  const only = ONLY[CHOICES.find((id) => box(id).checked)];
  for (const way of WAYS) {
    for (const kind of only === undefined ? KINDS : TYPES) box(`${way}-${kind}`).checked = only === undefined || only === kind;
  }
}

/** The boxes as a session takes them. */
export function candidateOptions() {
  return Object.fromEntries(WAYS.map((way) =>
    [way, Object.fromEntries(KINDS.map((kind) => [kind, box(`${way}-${kind}`).checked]))]));
}

/** The TURN servers as a session takes them. */
export function turnOptions() {
  return {
    udp: box("turn-with-udp").checked,
    tlsUdp: box("turns-with-udp").checked,
    tlsTcp: box("turns-with-tcp").checked,
    oneSetOnly: box("turn-one-set-only").checked,
  };
}
