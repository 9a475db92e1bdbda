// Messages over the data channel: what came, what went, and a line to write.

import { problemText } from "./status.js";

const MOST_MESSAGES = 200;
const LONGEST_SHOWN = 4000;

/** Fills `place` with a message panel; `to` names the other side, `send` takes the text and may throw. */
export function createChat(place, { to, send }) {
  const id = `${place.parentElement.id}-message`;
  const heading = document.createElement("h3");
  heading.textContent = "Messages";
  const list = document.createElement("div");
  list.className = "messages";
  list.tabIndex = 0;
  list.setAttribute("role", "log");
  list.setAttribute("aria-label", "Messages");
  const label = document.createElement("label");
  label.htmlFor = id;
  label.textContent = `Write to ${to}`;
  const text = document.createElement("textarea");
  text.id = id;
  text.rows = 2;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "send";
  button.textContent = "Send";
  const trouble = document.createElement("p");
  trouble.className = "field-message";
  trouble.dataset.kind = "error";
  trouble.setAttribute("role", "status");
  place.replaceChildren(heading, list, label, text, button, trouble);

  const add = (from, words) => {
    const line = document.createElement("p");
    const who = document.createElement("b");
    who.textContent = from;
    line.append(who, " ", words);
    list.append(line);
    while (list.childElementCount > MOST_MESSAGES) list.firstElementChild.remove();
    list.scrollTop = list.scrollHeight;
  };
  const submit = () => {
    if (text.value === "") return;
    try {
      send(text.value);
    } catch (error) {
      trouble.textContent = problemText(error);
      return;
    }
    trouble.textContent = "";
    add("You", text.value);
    text.value = "";
  };
  button.addEventListener("click", submit);
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });

  return {
    /** Shows a message that came; `from` names its sender. */
    received: (data, from) => add(from, wordsOf(data)),
    remove: () => place.replaceChildren(),
  };
}

function wordsOf(data) {
  if (typeof data !== "string") return `${data.byteLength} bytes`;
  return data.length > LONGEST_SHOWN ? `${data.slice(0, LONGEST_SHOWN)}… (${data.length} characters)` : data;
}
