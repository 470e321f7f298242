// The keys that move the focus from token to token.
import { find } from "../base/dom.js";

/**
 * By how many tokens a key moves the focus; 0 for other keys.
 * @param {string} key @param {number} columns
 */
export function stepForKey(key, columns) {
  const forward = document.dir === "rtl" ? -1 : 1;
  /** @type {Record<string, number>} */
  const steps = { ArrowRight: forward, ArrowLeft: -forward, ArrowDown: columns, ArrowUp: -columns, Home: -Infinity, End: Infinity };
  const page = Math.max(1, Math.round(innerHeight / 240)) * columns;
  return { ...steps, PageDown: page, PageUp: -page }[key] ?? 0;
}

/**
 * Focus the same control of another token: its play button if the focus was on one, else its link.
 * @param {Element} item @param {EventTarget | null} from
 */
export function focusSameControl(item, from) {
  const isKey = from instanceof Element && from.matches(".play-key") && item.querySelector(".play-key");
  find(item, isKey ? ".play-key" : "a").focus();
}

/**
 * Move the focus among cards that are all in the page.
 * @param {KeyboardEvent} event @param {HTMLElement} list
 */
export function moveFocus(event, list) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const cards = [...list.querySelectorAll(".card")];
  const current = cards.findIndex((card) => card.contains(/** @type {Node} */ (event.target)));
  const grid = cards[0]?.parentElement;
  if (current < 0 || !grid) return;
  const step = stepForKey(event.key, getComputedStyle(grid).gridTemplateColumns.split(" ").length);
  if (!step) return;
  event.preventDefault();
  const next = Math.abs(step) === Infinity ? (step < 0 ? 0 : cards.length - 1) : current + step;
  if (cards[next]) focusSameControl(cards[next], event.target);
}
