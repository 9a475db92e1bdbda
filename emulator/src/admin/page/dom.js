// Building and updating the page, by text nodes only.

/** The element of this id. */
export const byId = (id) => document.getElementById(id);

/** A new element with these properties and children. */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** A button that does something when pressed. */
export function button(text, label, onclick) {
  const made = element("button", { type: "button", onclick }, text);
  made.setAttribute("aria-label", label);
  return made;
}

/** Sets a node's text; a node that says it already is left alone. */
export function say(node, text) {
  const wanted = String(text);
  if (node.textContent !== wanted) {
    node.textContent = wanted;
  }
}

const PARTS = new WeakMap();

/**
 * Makes `parent` show `items`, in order. An item that was there keeps its element, so that who
 * stands on one of its buttons stays there. `make(item)` answers `{ root, … }`, and
 * `update(parts, item)` fills it in.
 */
export function show(parent, items, key, make, update) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    let child = old.get(name);
    if (!child) {
      const parts = make(item);
      child = parts.root;
      child.dataset.key = name;
      PARTS.set(child, parts);
    }
    old.delete(name);
    update(PARTS.get(child), item);
    if (child === place) {
      place = place.nextElementSibling;
    } else {
      parent.insertBefore(child, place);
    }
  }
  old.forEach((child) => child.remove());
}
