// Hidden tracks: compared with their seal, and decrypted with the salts of their tokens. The twin of
// stempress/drop/track_cipher.py, which documents the format, and of pyodide_app/provenance.py.

const LABEL = "stempress-track-1\n";
const NONCE_BYTES = 12;
const LENGTH_BYTES = 4;

/** @typedef {{ title: string, type: string, sound: Uint8Array<ArrayBuffer> }} Track the bytes of a sound file */
/** @typedef {"file" | "hashes" | "salts" | "closed" | "locked"} Reason what is wrong, or that the track still waits for tokens */

/** A track or its seal is not what was sealed, or the track does not open. */
export class SealError extends Error {
  /** @param {Reason} reason */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * The published salts of the tokens that a track waits for, in sealed order.
 * @param {Data.Seal} seal @param {Data.SealedTrack} track
 */
export function openedSalts(seal, track) {
  const opened = seal.tokens.flatMap((slot) => (Object.hasOwn(seal.opened, slot) ? [seal.opened[slot]] : []));
  return opened.filter(([, item]) => !track.song || item.startsWith(`${track.song}/`)).map(([salt]) => salt);
}

/**
 * Check that a file is the one in the seal, and that the seal's hashes are those of its final hash.
 * @param {BufferSource} file @param {Data.Seal} seal @param {Data.SealedTrack} track
 */
export async function verifyTrack(file, seal, track) {
  if (hex(await crypto.subtle.digest("SHA-256", file)) !== track.sha256) throw new SealError("file");
  const tracks = (seal.hidden ?? []).map(({ slug, song, tokens, sha256 }) => `hidden:${slug}:${song}:${tokens}:${sha256}`);
  const hashes = [...seal.hashes, ...(await Promise.all(tracks.map(hashText)))];
  if ((await hashText(hashes.join(""))) !== seal.final) throw new SealError("hashes");
  await Promise.all(seal.tokens.map(async (slot, place) => {
    const isOpen = Object.hasOwn(seal.opened, slot);
    if (isOpen && (await hashText(seal.opened[slot].join(":"))) !== seal.hashes[place]) throw new SealError("salts");
  }));
}

/**
 * Decrypt a track.
 * @param {Uint8Array<ArrayBuffer>} file @param {Data.Seal} seal @param {Data.SealedTrack} track
 * @returns {Promise<Track>}
 */
export async function openTrack(file, seal, track) {
  const salts = openedSalts(seal, track);
  if (salts.length < track.tokens) throw new SealError("closed");
  const context = new TextEncoder().encode(LABEL + track.slug);
  const label = new TextDecoder().decode(file.subarray(0, LABEL.length));
  if (label !== LABEL) throw new SealError("locked");
  return unpack(await decrypt(file.subarray(LABEL.length), await deriveKey(salts, context), context));
}

/** @param {string[]} salts @param {BufferSource} context */
async function deriveKey(salts, context) {
  const material = await crypto.subtle.importKey("raw", new TextEncoder().encode(salts.join("")), "HKDF", false, ["deriveKey"]);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: context };
  return crypto.subtle.deriveKey(hkdf, material, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
}

/** @param {Uint8Array<ArrayBuffer>} sealed nonce, ciphertext and tag @param {CryptoKey} key @param {BufferSource} additionalData */
async function decrypt(sealed, key, additionalData) {
  const iv = sealed.subarray(0, NONCE_BYTES);
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, sealed.subarray(NONCE_BYTES)));
  } catch {
    throw new SealError("locked");
  }
}

/** @param {Uint8Array<ArrayBuffer>} plain @returns {Track} */
function unpack(plain) {
  const start = LENGTH_BYTES + new DataView(plain.buffer).getUint32(0);
  const { title, type, bytes } = JSON.parse(new TextDecoder().decode(plain.subarray(LENGTH_BYTES, start)));
  return { title, type, sound: plain.subarray(start, start + bytes) };
}

/** @param {string} text */
async function hashText(text) {
  return hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/** @param {ArrayBuffer} bytes */
function hex(bytes) {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
