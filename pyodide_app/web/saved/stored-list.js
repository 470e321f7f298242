// Lists in localStorage. What is there is untrusted: entries that are not as they should be are left out.
import { readItem, saveItem } from "../base/storage.js";
import { _ } from "../language/phrases.js";

export const MOST_SAVED = 100;
const CHANGED = "stempress:saved"; // an event of the document

/** @template T */
export class StoredList {
  #name;
  #parse;

  /** @param {string} name of the list @param {(given: unknown) => T | null} parse */
  constructor(name, parse) {
    this.#name = name;
    this.#parse = parse;
  }

  /** @returns {T[]} */
  read() {
    return this.parse(parseJson(readItem(this.#key()) ?? "[]"));
  }

  /**
   * The valid entries of a list.
   * @param {unknown} given
   */
  parse(given) {
    const entries = Array.isArray(given) ? given.map((entry) => this.#parse(entry)) : [];
    return entries.filter((entry) => entry !== null);
  }

  /**
   * Save the last of the entries; throws if the browser refuses.
   * @param {T[]} entries
   */
  save(entries) {
    const isSaved = saveItem(this.#key(), JSON.stringify(entries.slice(-MOST_SAVED)));
    if (!isSaved) throw new Error(_("This browser doesn't let this page save anything."));
    document.dispatchEvent(new Event(CHANGED));
  }

  #key() {
    return `stempress:${this.#name}:${document.documentElement.dataset.collection ?? ""}`;
  }
}

/**
 * Call a function whenever a list has been saved.
 * @param {() => void} listener @param {AbortSignal} signal
 */
export function onSaved(listener, signal) {
  document.addEventListener(CHANGED, listener, { signal });
}

/**
 * @param {string} text
 * @returns {unknown} null if it is not JSON
 */
export function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
