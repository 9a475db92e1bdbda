// Messages over the data channel: what came, what went, and a line to write.

import { message, put } from "./i18n.js";
import { problemText } from "./status.js";

const MOST_MESSAGES = 200;
const LONGEST_SHOWN = 4000;

/** Fills `place` with a message panel; `label` says to whom one writes, `send` takes the text and may throw. */
export function createChat(place, { label: to, send }) {
  const id = `${place.parentElement.id}-message`;
  const heading = document.createElement("h3");
  put(heading, message("chat.heading"));
  const list = document.createElement("div");
  list.className = "messages";
  list.tabIndex = 0;
  list.setAttribute("role", "log");
  put(list, message("chat.heading"), "aria-label");
  const label = document.createElement("label");
  label.htmlFor = id;
  put(label, to);
  const text = document.createElement("textarea");
  text.id = id;
  text.rows = 2;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "send";
  put(button, message("chat.send"));
  const trouble = document.createElement("p");
  trouble.className = "field-message";
  trouble.dataset.kind = "error";
  trouble.setAttribute("role", "status");
  place.replaceChildren(heading, list, label, text, button, trouble);

  const add = (from, words) => {
    const line = document.createElement("p");
    const who = document.createElement("b");
    put(who, from);
    line.append(who, " ", put(document.createElement("span"), words));
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
    add(message("chat.you"), text.value);
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
  if (typeof data !== "string") return message("chat.bytes", { count: data.byteLength });
  return data.length > LONGEST_SHOWN ? message("chat.cut", { start: data.slice(0, LONGEST_SHOWN), length: data.length }) : data;
}
