// What this browser keeps as text; one that keeps nothing is like one that has kept nothing yet.

/** @typedef {"localStorage" | "sessionStorage"} Store */

/** @param {string} key @param {Store} [where] */
export function readItem(key, where = "localStorage") {
  try {
    return window[where].getItem(key);
  } catch {
    return null;
  }
}

/**
 * Keep a text, or forget it with null; false where nothing can be kept.
 * @param {string} key @param {string | null} text @param {Store} [where]
 */
export function saveItem(key, text, where = "localStorage") {
  try {
    if (text === null) window[where].removeItem(key);
    else window[where].setItem(key, text);
    return true;
  } catch {
    return false;
  }
}
