// localStorage and sessionStorage. A browser that blocks them is treated as if they were empty.

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
 * Save a text, or delete it with null; false if the browser refuses.
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
