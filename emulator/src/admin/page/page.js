// Asks the emulator each second, and tells it what the buttons say.
import { call } from "./api.js";
import { byId } from "./dom.js";
import { forgetMessages, showCounters, showMessages, showState } from "./views.js";

const INTERVAL_MILLIS = 1000;
const NUMBERS = ["status", "millis", "hold", "times", "skip"];

let lastMessage = 0;
let uptimeMillis = 0;
let filledIn = false;
let lost = false;

/** Says what became of an act, or what is wrong. */
function tell(text, problem = false) {
  const said = byId("said");
  said.hidden = text === "";
  said.textContent = text;
  said.classList.toggle("problem", problem);
}

/** Does something on a person's behalf, and shows at once what it led to. */
async function act(path, body, method = "POST") {
  try {
    const answer = await call(method, path, body);
    const hit = answer.connections;
    const noun = hit === 1 ? "connection" : "connections";
    tell(hit === undefined ? "Done." : `Done: ${hit} ${noun}.`);
    await refresh();
    return true;
  } catch (error) {
    tell(error.message, true);
    return false;
  }
}

async function refresh() {
  const state = await call("GET", "state");
  if (state.uptimeMillis < uptimeMillis) {
    lastMessage = 0;
    forgetMessages();
  }
  uptimeMillis = state.uptimeMillis;
  showState(state, act);
  if (!filledIn) {
    fillIn(state);
    filledIn = true;
  }
  const { messages } = await call("GET", `messages?after=${lastMessage}`);
  lastMessage = showMessages(messages);
  showCounters(await call("GET", "counters"));
}

/** Forms say what is set when the page opens; afterwards they are the person's. */
function fillIn({ clock, settings, turn }) {
  const clockForm = byId("set-clock").elements;
  clockForm.skewSeconds.value = clock.skewSeconds;
  clockForm.timeScale.value = clock.timeScale;
  const settingsForm = byId("set-settings").elements;
  settingsForm.quotas.checked = settings.quotas;
  settingsForm.acknowledgements.checked = settings.acknowledgements;
  settingsForm.latencyMillis.value = settings.latencyMillis;
  const turnForm = byId("set-turn").elements;
  turnForm.stun.checked = turn.stun === "silent";
  turnForm.turn.checked = turn.turn === "silent";
}

async function keepLooking() {
  try {
    await refresh();
    if (lost) tell("");
    lost = false;
  } catch (error) {
    lost = true;
    tell(error.message, true);
  }
  setTimeout(keepLooking, INTERVAL_MILLIS);
}

/** Shows the members that the chosen fault takes. */
function fitFaultForm() {
  const form = byId("add-fault");
  const chosen = form.elements.fault.value;
  for (const label of form.querySelectorAll("[data-for]")) {
    const fits = label.dataset.for.split(/\s+/).includes(chosen);
    label.hidden = !fits;
    label.querySelector("input, select").disabled = !fits;
  }
}

function onSubmit(id, does) {
  byId(id).addEventListener("submit", (event) => {
    event.preventDefault();
    does(event.target);
  });
}

onSubmit("add-fault", async (form) => {
  const given = [...new FormData(form)].filter(([, value]) => value !== "");
  const spec = given.map(([name, value]) => [name, NUMBERS.includes(name) ? Number(value) : value]);
  await act("faults", Object.fromEntries(spec));
});
onSubmit("set-clock", ({ elements }) => {
  const [skewSeconds, timeScale] = [elements.skewSeconds, elements.timeScale].map((e) => Number(e.value));
  act("clock", { skewSeconds, timeScale }, "PUT");
});
onSubmit("set-settings", ({ elements }) => {
  const { quotas, acknowledgements, latencyMillis } = elements;
  const settings = {
    quotas: quotas.checked,
    acknowledgements: acknowledgements.checked,
    latencyMillis: Number(latencyMillis.value),
  };
  act("settings", settings, "PUT");
});
onSubmit("set-turn", ({ elements }) => {
  const does = ({ checked }) => (checked ? "silent" : "serve");
  act("turn", { stun: does(elements.stun), turn: does(elements.turn) }, "PUT");
});
onSubmit("expire-key", ({ elements }) => {
  act("expire-credentials", { accessKeyId: elements.accessKeyId.value });
});
byId("expire-turn").addEventListener("click", () => act("expire-credentials", { turn: true }));
byId("add-fault").elements.fault.addEventListener("change", fitFaultForm);
byId("clear-faults").addEventListener("click", () => act("faults", undefined, "DELETE"));
byId("restart").addEventListener("click", () => {
  if (confirm("End all connections and forget waiting messages? Channels stay.")) {
    act("restart", {});
  }
});

fitFaultForm();
keepLooking();
