// What the ledger's words are called in the site's language.
import { _, pgettext } from "./phrases.js";

const TIERS = {
  stem: pgettext("tier", "stem"),
  song: pgettext("tier", "song"),
  album: pgettext("tier", "album"),
};
const STATES = {
  unrevealed: pgettext("state", "unrevealed"),
  revealed: pgettext("state", "revealed"),
  forged: pgettext("state", "forged"),
};
const UNREVEALED = {
  stem: (id) => _("Unrevealed stem #%(id)s", { id }),
  song: (id) => _("Unrevealed song #%(id)s", { id }),
  album: (id) => _("Unrevealed album #%(id)s", { id }),
};

export function tierName(tier) {
  return TIERS[tier] ?? tier;
}

export function stateName(state) {
  return STATES[state] ?? state;
}

export function unrevealedTitle(tier, id) {
  return UNREVEALED[tier](id);
}

/** What a token is called: what the artist has named, or that nobody knows it yet. */
export function titleOf({ id, tier, state, title }) {
  return state === "unrevealed" ? unrevealedTitle(tier, id) : title;
}
