// The choice of a view; the one that the visitor chose last is remembered.
import { part } from "../base/dom.js";
import { readItem, saveItem } from "../base/storage.js";
import { VIEWS } from "./address.js";

/** @import { View } from "./address.js" */

const REMEMBERED = `stempress:gallery:${document.documentElement.dataset.collection}`;

export class ViewChoice {
  #element;

  /** @param {HTMLElement} gallery @param {(view: View) => void} choose @param {AbortSignal} signal */
  constructor(gallery, choose, signal) {
    this.#element = part(gallery, "views");
    this.#element.addEventListener("change", ({ target }) => {
      const view = VIEWS.find((each) => target instanceof HTMLInputElement && each === target.value);
      if (!view) return;
      saveItem(REMEMBERED, view);
      choose(view);
    }, { signal });
  }

  /** The view that the visitor chose last. */
  get last() {
    const view = readItem(REMEMBERED);
    return VIEWS.find((each) => each === view) ?? "cards";
  }

  get shown() {
    return this.#boxes.find(({ checked }) => checked)?.value;
  }

  /** @param {View} view */
  show(view) {
    for (const box of this.#boxes) box.checked = box.value === view;
  }

  get #boxes() {
    return [...this.#element.querySelectorAll("input")];
  }
}
