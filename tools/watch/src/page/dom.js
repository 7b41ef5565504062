// @ts-check
// Elements, and how they are brought up to date. An element is kept and only what differs is changed, so that
// focus and selected text stay while snapshots come, and nothing is announced twice.
// What there are many of are copies of a part, as the template in index.html has them.

/**
 * The element with this id. Its absence or another kind is an error of the page.
 * @template {Element} [T=HTMLElement]
 * @param {string} id
 * @param {{ new (): T }} [kind]
 * @returns {T}
 */
export function find(id, kind = /** @type {any} */ (HTMLElement)) {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new Error(`index.html has no such #${id}`);
}

/**
 * Sets the attributes that differ, and removes those that are null.
 * @template {Element} T
 * @param {T} element
 * @param {Record<string, string | number | boolean | null>} attributes
 */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
  }
  return element;
}

/**
 * Sets the text if it differs.
 * @param {Element} element
 * @param {string} text
 */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** The copies of a part that a parent has, by key. @type {WeakMap<Element, Map<unknown, Element>>} */
const copies = new WeakMap();

/**
 * Makes the children of `parent` copies of a part, one for each item and in the items' order.
 * An item that was there before, by its key, keeps its element.
 * @template Item
 * @param {Element} parent
 * @param {string} part
 * @param {Item[]} items
 * @param {(item: Item, index: number) => unknown} key
 * @param {(element: Element, item: Item) => void} update
 */
export function keyed(parent, part, items, key, update) {
  const before = copies.get(parent) ?? new Map();
  const wanted = new Map(items.map((item, index) => [key(item, index), item]));
  for (const [name, element] of before) if (!wanted.has(name)) element.remove();
  const model = find("parts", HTMLTemplateElement).content.querySelector(`[data-part="${part}"]`);
  if (!model) throw new Error(`index.html has no part ${part}`);
  const after = new Map();
  let next = parent.firstChild;
  for (const [name, item] of wanted) {
    const element = before.get(name) ?? /** @type {Element} */ (model.cloneNode(true));
    if (next === element) next = element.nextSibling;
    else parent.insertBefore(element, next);
    update(element, item);
    after.set(name, element);
  }
  copies.set(parent, after);
}

/**
 * As `keyed`, for a part whose children hold a row's texts in order; a text goes into the child's first child
 * if it has one, such as a button.
 * @template Row
 * @param {Element} parent
 * @param {string} part
 * @param {Row[]} rows
 * @param {(row: Row) => unknown} key
 * @param {(row: Row) => string[]} texts
 * @param {(element: Element, row: Row) => void} [update]
 */
export function fill(parent, part, rows, key, texts, update) {
  keyed(parent, part, rows, key, (element, row) => {
    texts(row).forEach((text, index) => {
      const place = element.children[index];
      say(place.firstElementChild ?? place, text);
    });
    update?.(element, row);
  });
}
