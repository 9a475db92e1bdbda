// Short notices above the form, each with a button that takes it away.

const place = document.getElementById("notices");

/** Shows a notice; `tone` is "info" or "warn", `extra` elements follow the text. */
export function notice(text, tone = "info", ...extra) {
  const box = document.createElement("div");
  box.className = "notice";
  box.dataset.tone = tone;
  const words = document.createElement("p");
  words.append(text, ...extra);
  const dismiss = document.createElement("button");
  dismiss.type = "button";
  dismiss.className = "quiet";
  dismiss.textContent = "Dismiss";
  dismiss.addEventListener("click", () => box.remove());
  box.append(words, dismiss);
  place.append(box);
}
