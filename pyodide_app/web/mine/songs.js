// What the visitor's tokens can be forged into: songs and albums, and what is missing.
/** @import { Planner } from "./planner.js" */
/** @import { Copies, HeldStems, Holding } from "./held-layers.js" */
import { formatPrice } from "./price-form.js";
import { showHead, SongView } from "./song-view.js";
import { StemAudio } from "./stem-audio.js";
import { cloneTemplate, createLink, find, findAll, loadJson, part, setText } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";
import { forgeAddress } from "./drop-links.js";
import { numberOf } from "../tokens/token-ids.js";
import { _, formatList, plural } from "../language/phrases.js";

export class Songs {
  #section;
  #planner;
  #off;
  #life;
  /** @type {Promise<Data.Forge> | null} */
  #forge = null;
  #turn = 0;
  #listening = new StemAudio();
  /** @type {Map<string, HTMLElement>} */
  #albums = new Map(); // by slug
  /** @type {Map<string, SongView>} */
  #views = new Map(); // by song

  /**
   * @param {HTMLElement} section @param {Planner | null} planner @param {string} off why there is no planner
   * @param {AbortSignal} life
   */
  constructor(section, planner, off, life) {
    this.#section = section;
    this.#planner = planner;
    this.#off = off;
    this.#life = life;
    part(section, "order").addEventListener("change", () => this.#sort(), { signal: life });
  }

  /** The songs and albums, loaded once. */
  facts() {
    this.#forge ??= loadJson("data/forge.json").catch((error) => {
      this.#forge = null; // retry on the next call
      throw error;
    });
    return this.#forge;
  }

  /** Stop playback. */
  close() {
    this.#listening.stop();
  }

  /**
   * Show songs and albums; the planner's results follow once it has started.
   * @param {Holding} holding
   */
  async show(holding) {
    const turn = ++this.#turn;
    const facts = await this.facts();
    if (turn !== this.#turn) return;
    this.#showSongs(facts, holding);
    this.#section.hidden = false;
    await this.#plan(turn, holding, facts);
  }

  /** Hide the songs, also those that are about to be shown. */
  hide() {
    this.#turn++;
    this.#section.hidden = true;
  }

  /** @param {Data.Forge} facts @param {Holding} holding */
  #showSongs(facts, holding) {
    const songs = new Map(facts.songs.map((song) => [song.slug, song]));
    const held = groupStems(holding.tokens, holding.byId);
    this.#views.clear();
    /** @type {Plans.Prices} */
    const prices = {};
    const complete = () => this.#complete(prices);
    const albums = facts.albums.map((album) => {
      const element = cloneTemplate("album");
      showHead(element, album);
      for (const song of album.songs.flatMap((slug) => songs.get(slug) ?? [])) {
        const view = new SongView(song, held.get(song.slug) ?? new Map(), holding, this.#planner, this.#listening, { prices, complete }, this.#life);
        this.#views.set(song.slug, view);
        part(element, "list").append(view.element);
      }
      return { album, element };
    });
    this.#albums = new Map(albums.map(({ album, element }) => [album.slug, element]));
    part(this.#section, "albums").replaceChildren(...this.#albums.values());
  }

  /** @param {number} turn @param {Holding} holding @param {Data.Forge} facts */
  async #plan(turn, holding, facts) {
    const { tokens, byId } = holding;
    const status = part(this.#section, "planning");
    if (!this.#planner) {
      setText(status, this.#off);
      return;
    }
    setText(status, _("Starting Python for the planner."));
    try {
      const plan = await this.#planner.setHoldings(tokens);
      if (turn !== this.#turn) return;
      for (const song of plan.songs) this.#views.get(song.slug)?.showPlan(song);
      for (const album of plan.albums) this.#showAlbum(album, holding, facts);
      this.#offerQueue(plan, tokens, byId);
      this.#sort();
      setText(status, "");
    } catch (error) {
      if (turn === this.#turn) setText(status, _("Nothing can be planned: %(reason)s", { reason: reasonOf(error) }));
    }
  }

  /** @param {Plans.AlbumPlan} plan @param {Holding} holding @param {Data.Forge} facts */
  #showAlbum({ slug, songs, at_once, with_forging }, { tokens, byId, collection }, facts) {
    const element = this.#albums.get(slug);
    if (!element) return;
    const titles = new Map(facts.songs.map((song) => [song.slug, song.title]));
    const missing = Object.keys(songs).filter((song) => !songs[song]);
    const filled = Object.keys(songs).length - missing.length;
    const all = Object.keys(songs).length;
    const parts = [plural(all, "Song tokens for %(held)s of %(num)s song.", "Song tokens for %(held)s of %(num)s songs.", { held: filled })];
    if (at_once) parts.push(plural(at_once, "Enough to forge %(num)s album now.", "Enough to forge %(num)s albums now."));
    else if (missing.length) parts.push(_("Missing: %(names)s.", { names: formatList(missing.map((song) => titles.get(song) ?? song)) }));
    if (with_forging > at_once) parts.push(plural(with_forging, "%(num)s album if you forge the songs first.", "%(num)s albums if you forge the songs first."));
    const progress = part(element, "progress");
    setText(progress, parts.join(" "));
    const held = [...tokens.keys()].flatMap((id) => byId.get(id) ?? []).filter(({ tier, state }) => tier === "song" && state !== "unrevealed");
    const burn = Object.keys(songs).flatMap((track) => held.find(({ song }) => song === track)?.id ?? []);
    const address = at_once ? forgeAddress(collection.drop, { album: slug, burn }) : "";
    if (address) progress.append(" ", createLink(_("Forge it from %(tokens)s", { tokens: formatList(burn.map((id) => `#${numberOf(id)}`)) }), address));
  }

  /**
   * Offer to queue the visitor's song tokens, and one forgeable mix of each song.
   * @param {Plans.Holdings} plan @param {Holding["tokens"]} tokens @param {Holding["byId"]} byId
   */
  #offerQueue(plan, tokens, byId) {
    const held = [...tokens.keys()].flatMap((id) => byId.get(id) ?? []).filter(({ state }) => state !== "unrevealed");
    const tracks = plan.songs.flatMap(({ slug, batch }) => {
      const own = held.flatMap(({ song, mix }) => (song === slug && mix ? mix : []));
      const forgeable = batch.slice(0, 1).map(([mix]) => mix);
      return [...new Set([...own, ...forgeable])].map((mix) => `songs/${slug}/${mix}`);
    });
    const offer = part(this.#section, "own-queue");
    offer.hidden = !tracks.length;
    for (const key of findAll(offer, "[data-queue]")) key.dataset.queue = tracks.join(" ");
  }

  /** @param {Plans.Prices} prices */
  async #complete(prices) {
    if (!this.#planner) return;
    const { songs, albums } = await this.#planner.cheapestCompletions(prices);
    for (const [slug, completion] of Object.entries(songs)) this.#views.get(slug)?.showCost(completion);
    /** @type {Record<Plans.AlbumCompletion["steps"][0]["way"], (song: string) => string>} */
    const ways = {
      held: (song) => _("%(song)s held", { song }),
      forge: (song) => _("%(song)s forged", { song }),
      buy: (song) => _("%(song)s bought", { song }),
      none: (song) => song,
    };
    for (const { slug, cost, steps } of albums) {
      const words = steps.map(({ song, way }) => ways[way](this.#views.get(song)?.title ?? song));
      const line = cost === null || !Object.keys(prices).length ? "" : _("Cheapest way to this album at your prices: %(cost)s (%(steps)s).", { cost: formatPrice(cost), steps: words.join(", ") });
      const album = this.#albums.get(slug);
      if (album) setText(find(album, ".own-head [data-cost]"), line);
    }
  }

  #sort() {
    const order = part(this.#section, "order", HTMLSelectElement).value;
    /** @type {Record<string, (view: SongView) => number>} */
    const worths = {
      forge: ({ plan }) => plan?.at_once ?? 0,
      progress: ({ plan }) => (plan ? plan.held / plan.of : 0),
    };
    const worth = worths[order] ?? (() => 0);
    const views = [...this.#views.values()]; // in the albums' order
    for (const view of views.sort((a, b) => worth(b) - worth(a))) view.element.parentElement?.append(view.element);
  }
}

/**
 * Revealed stem tokens that are held, by song.
 * @param {Holding["tokens"]} tokens @param {Holding["byId"]} byId
 * @returns {Map<string, HeldStems>}
 */
function groupStems(tokens, byId) {
  /** @type {Map<string, HeldStems>} */
  const songs = new Map();
  for (const [id, count] of tokens) {
    const { tier, state, song, layer, stem } = byId.get(id) ?? {};
    if (tier !== "stem" || state === "unrevealed" || !song || !layer || !stem) continue;
    const layers = entryOf(songs, song, () => new Map());
    const stems = entryOf(layers, layer, () => new Map());
    entryOf(stems, stem, () => /** @type {Copies} */ ([])).push([id, count]);
  }
  return songs;
}

/**
 * A map's value for a key, created if there is none.
 * @template Value
 * @param {Map<string, Value>} map @param {string} key @param {() => Value} create
 */
function entryOf(map, key, create) {
  const value = map.get(key) ?? create();
  map.set(key, value);
  return value;
}
