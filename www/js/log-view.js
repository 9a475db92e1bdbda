// The lines of the log that can be seen, and a little around them. The others are empty boxes of their
// height, so that thousands of lines are scrolled through by mouse, keyboard and screen reader as if
// they were there.

/** So many lines are there, or gone, together. */
const LINES = 50;
/** Until a box was seen: what its lines need where none is wrapped, in pixels. */
const LINE_HEIGHT = 21;
/** So near to the end one follows it. */
const NEAR_END = 40;

/** Shows lines in a list that scrolls; it follows the end for as long as the person is there. */
export function createLogView(list) {
  /** Each with its element, its lines and whether they are in it. */
  let boxes = [];
  const byElement = new WeakMap();
  let atEnd = true;
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting, boundingClientRect } of entries) {
      const box = byElement.get(target);
      if (isIntersecting) fill(box);
      else if (box.filled) empty(box, boundingClientRect.height);
    }
    if (atEnd) scrollToEnd();
  }, { root: list, rootMargin: "100% 0px" });
  list.addEventListener("scroll", () => {
    atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END;
  }, { passive: true });

  const scrollToEnd = () => {
    list.scrollTop = list.scrollHeight;
  };
  const append = () => {
    const element = document.createElement("div");
    const box = { element, lines: [], filled: true };
    byElement.set(element, box);
    boxes.push(box);
    list.append(element);
    observer.observe(element);
    return box;
  };

  return {
    textOf,
    /** Adds lines at the end. */
    add(lines) {
      for (let at = 0; at < lines.length;) {
        const last = boxes.at(-1);
        const box = last && last.lines.length < LINES ? last : append();
        const some = lines.slice(at, at + LINES - box.lines.length);
        at += some.length;
        box.lines.push(...some);
        // Of many lines only the last are seen.
        if (box.filled && at >= lines.length - LINES) box.element.append(...some.map(elementOf));
        else empty(box, box.lines.length * LINE_HEIGHT);
      }
      if (atEnd && lines.length > 0) scrollToEnd();
    },
    /** Takes boxes away whose lines are all older than that number. */
    drop(number) {
      const kept = boxes.findIndex((box) => box.lines.at(-1).number >= number);
      for (const { element } of boxes.splice(0, kept < 0 ? boxes.length : kept)) {
        observer.unobserve(element);
        element.remove();
      }
    },
    clear() {
      observer.disconnect();
      boxes = [];
      list.replaceChildren();
    },
    /** Goes to the end, and follows it from now on. */
    toEnd() {
      atEnd = true;
      scrollToEnd();
    },
  };
}

function fill(box) {
  if (box.filled) return;
  box.filled = true;
  box.element.style.height = "";
  box.element.append(...box.lines.map(elementOf));
}

function empty(box, height) {
  box.filled = false;
  box.element.replaceChildren();
  box.element.style.height = `${height}px`;
}

function elementOf({ level, time, text }) {
  const line = document.createElement("p");
  line.dataset.level = level;
  line.append(part("time", timeOf(time)), " ", part("b", level.toUpperCase().padEnd(5)), " ", text);
  return line;
}

/** A line as one copies it. */
function textOf({ level, time, text }) {
  return `${timeOf(time)} ${level.toUpperCase()} ${text}`;
}

function part(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

function timeOf(milliseconds) {
  const date = new Date(milliseconds);
  const two = (number) => String(number).padStart(2, "0");
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${clock}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
