// Names of tiers, states and tokens in the site's language.
import { _, pgettext } from "./phrases.js";

/** @typedef {"stem" | "song" | "album"} Tier */
/** @typedef {"unrevealed" | "revealed" | "forged" | "burned"} State */

/** @type {Readonly<Record<string, string>>} */
const TIERS = {
  stem: pgettext("tier", "stem"),
  song: pgettext("tier", "song"),
  album: pgettext("tier", "album"),
};
/** @type {Readonly<Record<string, string>>} */
const STATES = {
  unrevealed: pgettext("state", "unrevealed"),
  revealed: pgettext("state", "revealed"),
  forged: pgettext("state", "forged"),
  burned: pgettext("state", "burned"),
};
/** @type {Readonly<Record<Tier, (id: string) => string>>} */
const UNREVEALED = {
  stem: (id) => _("Unrevealed stem #%(id)s", { id }),
  song: (id) => _("Unrevealed song #%(id)s", { id }),
  album: (id) => _("Unrevealed album #%(id)s", { id }),
};

/** What a layer that is left out plays. */
export function leftOutName() {
  return pgettext("layer", "None");
}

/** @type {Readonly<Record<Tier, (id: string) => string>>} */
const TOKENS = {
  stem: (id) => _("stem token #%(id)s", { id }),
  song: (id) => _("song token #%(id)s", { id }),
  album: (id) => _("album token #%(id)s", { id }),
};

/**
 * A token in a sentence.
 * @param {Tier} tier @param {string} id its number
 */
export function tokenName(tier, id) {
  return TOKENS[tier](id);
}

/** @param {string} tier */
export function tierName(tier) {
  return TIERS[tier] ?? tier;
}

/** @param {string} state */
export function stateName(state) {
  return STATES[state] ?? state;
}

/** @param {Tier} tier @param {string} id */
export function unrevealedTitle(tier, id) {
  return UNREVEALED[tier](id);
}

/**
 * Whether the ledger says that a token is burned.
 * @param {{ state: State } | undefined} token
 */
export function isGone(token) {
  return token?.state === "forged" || token?.state === "burned";
}

/**
 * A token's title; an unrevealed token has a generic one.
 * @param {{ id: string, tier: Tier, state: State, title: string }} token
 */
export function tokenTitle({ id, tier, state, title }) {
  return state === "unrevealed" ? unrevealedTitle(tier, id) : title;
}
