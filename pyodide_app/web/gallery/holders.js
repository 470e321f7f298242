// Who holds the gallery's tokens, by the ends of their addresses.
import { unpackColumn } from "./packed.js";

/** @typedef {{ head: string, tail: string }} Holder start and end of an address, in hexadecimal */
/** @typedef {{ addresses: Holder[], of: (token: number) => readonly number[] }} Owners */

/**
 * The holders, and which of them hold a token.
 * @param {Data.GalleryOwners | null} data @param {number} count
 * @returns {Owners}
 */
export function ownersOf(data, count) {
  if (!data) return { addresses: [], of: () => [] };
  const width = data.head + data.tail;
  const hex = Array.from(atob(data.ends), (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  const addresses = Array.from({ length: hex.length / 2 / width }, (nothing, nth) => {
    const ends = hex.slice(nth * width * 2, (nth + 1) * width * 2);
    return { head: ends.slice(0, data.head * 2), tail: ends.slice(data.head * 2) };
  });
  const first = unpackColumn(data.of);
  const holders = Array.from({ length: count }, (nothing, token) => (first[token] ? [first[token] - 1, ...(data.more[token] ?? [])] : []));
  return { addresses, of: (token) => holders[token] };
}

/**
 * Whether typed text can be a holder's address: its start, its short form, or all of it.
 * @param {Partial<Holder>} holder @param {string} typed
 */
export function isAddressOf({ head = "", tail = "" }, typed) {
  const [, begun, end = ""] = /^0x([0-9a-f]*)(?:(?:…|\.{2,3})([0-9a-f]*))?$/i.exec(typed.trim()) ?? [];
  if (begun === undefined || !head) return false;
  const start = begun.toLowerCase();
  const last = (start.length === 40 ? start.slice(-tail.length) : end).toLowerCase();
  const fits = start.length > head.length ? start.startsWith(head) : head.startsWith(start);
  return fits && tail.endsWith(last.slice(-tail.length));
}
