// Buttons that are clicked before the script behind them has come: each looks busy, and is clicked once more
// when it is there.

/** Holds clicks from now on; gives what lets them go. */
export function holdClicks() {
  const held = new Set();
  const hold = ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    held.add(button);
    button.setAttribute("aria-busy", "true");
  };
  document.addEventListener("click", hold, true);
  return () => {
    document.removeEventListener("click", hold, true);
    for (const button of held) button.removeAttribute("aria-busy");
    for (const button of held) button.click();
  };
}
