// What the held tokens make: every song's layers, what can be forged, and what is missing.
import { clone, elsewhere, inSite, link, load, part, say } from "../base/dom.js";
import { _, fixed, listed, listedNodes, number, pieces, plural } from "../language/phrases.js";
import { take } from "../playback/audio-focus.js";

const STEP = 12;
const IDS = 8; // tokens of a stem that are named
const COLOURS = 8;

export class Songs {
  #section;
  #planner;
  #off;
  #forge = null; // a promise of data/forge.json
  #turn = 0;
  #listening = new Listening();
  #albums = new Map(); // elements by slug
  #views = new Map(); // of songs, by slug

  constructor(section, planner, off) {
    this.#section = section;
    this.#planner = planner;
    this.#off = off;
    part(section, "order").addEventListener("change", () => this.#sort());
  }

  /** Be silent. */
  close() {
    this.#listening.stop();
  }

  /** Show what tokens make; the songs stand there before the planner has started. */
  async show(tokens, byId, contract) {
    const turn = ++this.#turn;
    this.#forge ??= load("data/forge.json");
    const facts = await this.#forge.catch((error) => {
      this.#forge = null;
      throw error;
    });
    if (turn !== this.#turn) return;
    this.#lay(facts, { tokens, byId, contract });
    this.#section.hidden = false;
    await this.#plan(turn, { tokens, byId }, facts);
  }

  #lay(facts, holding) {
    const songs = new Map(facts.songs.map((song) => [song.slug, song]));
    const held = group(holding.tokens, holding.byId);
    this.#views.clear();
    const prices = {};
    const complete = () => this.#complete(prices);
    const albums = facts.albums.map((album) => {
      const element = clone("album");
      head(element, album);
      for (const slug of album.songs.filter((each) => songs.has(each))) {
        const view = new SongView(songs.get(slug), held.get(slug) ?? new Map(), holding, this.#planner, this.#listening, { prices, complete });
        this.#views.set(slug, view);
        part(element, "list").append(view.element);
      }
      return { album, element };
    });
    this.#albums = new Map(albums.map(({ album, element }) => [album.slug, element]));
    part(this.#section, "albums").replaceChildren(...this.#albums.values());
  }

  async #plan(turn, { tokens, byId }, facts) {
    const status = part(this.#section, "planning");
    if (!this.#planner) {
      say(status, this.#off);
      return;
    }
    say(status, _("Starting Python for the planner…"));
    try {
      const plan = await this.#planner.hold(tokens);
      if (turn !== this.#turn) return;
      for (const song of plan.songs) this.#views.get(song.slug)?.showPlan(song);
      for (const album of plan.albums) this.#showAlbum(album, facts);
      this.#offerQueue(plan, tokens, byId);
      this.#sort();
      say(status, "");
    } catch (error) {
      if (turn === this.#turn) say(status, _("The planner can't run: %(reason)s", { reason: error.message }));
    }
  }

  #showAlbum({ slug, songs, at_once, with_forging }, facts) {
    const element = this.#albums.get(slug);
    const titles = new Map(facts.songs.map((song) => [song.slug, song.title]));
    const missing = Object.keys(songs).filter((song) => !songs[song]);
    const held = Object.keys(songs).length - missing.length;
    const all = Object.keys(songs).length;
    const parts = [plural(all, "Song tokens for %(held)s of %(num)s song.", "Song tokens for %(held)s of %(num)s songs.", { held })];
    if (at_once) parts.push(plural(at_once, "Enough to forge %(num)s album now.", "Enough to forge %(num)s albums now."));
    else if (missing.length) parts.push(_("Missing: %(names)s.", { names: listed(missing.map((song) => titles.get(song))) }));
    if (with_forging > at_once) parts.push(plural(with_forging, "%(num)s album if you forge the songs first.", "%(num)s albums if you forge the songs first."));
    say(element.querySelector("[data-progress]"), parts.join(" "));
  }

  /** Let the bar play what is held: song tokens, and a mix of each song that the stems complete. */
  #offerQueue(plan, tokens, byId) {
    const held = [...tokens.keys()].map((id) => byId.get(id)).filter((token) => token?.mix && token.state !== "unrevealed");
    const tracks = plan.songs.flatMap(({ slug, batch }) => {
      const own = held.filter(({ song }) => song === slug).map(({ mix }) => mix);
      const made = batch.slice(0, 1).map(([mix]) => mix);
      return [...new Set([...own, ...made])].map((mix) => `songs/${slug}/${mix}`);
    });
    const place = part(this.#section, "own-queue");
    place.hidden = !tracks.length;
    for (const key of place.querySelectorAll("[data-queue]")) key.dataset.queue = tracks.join(" ");
  }

  async #complete(prices) {
    const { songs, albums } = await this.#planner.complete(prices);
    for (const [slug, found] of Object.entries(songs)) this.#views.get(slug)?.showCost(found);
    const ways = {
      held: (song) => _("%(song)s held", { song }),
      forge: (song) => _("%(song)s forged", { song }),
      buy: (song) => _("%(song)s bought", { song }),
      none: (song) => song,
    };
    for (const { slug, cost, steps } of albums) {
      const words = steps.map(({ song, way }) => ways[way](this.#views.get(song)?.title ?? song));
      const line = cost === null || !Object.keys(prices).length ? "" : _("Cheapest way to this album at your prices: %(cost)s (%(steps)s).", { cost: money(cost), steps: words.join(", ") });
      say(this.#albums.get(slug).querySelector(".own-head [data-cost]"), line);
    }
  }

  #sort() {
    const order = part(this.#section, "order").value;
    const worth = {
      forge: ({ plan }) => plan?.at_once ?? 0,
      progress: ({ plan }) => (plan ? plan.held / plan.of : 0),
    }[order] ?? (() => 0);
    const views = [...this.#views.values()]; // as on the albums
    for (const view of views.sort((a, b) => worth(b) - worth(a))) view.element.parentElement.append(view.element);
  }
}

/** One song: its layers with what is held of each, and what the planner says. */
class SongView {
  element = clone("song");
  plan = null;
  #song;
  #holding;
  #planner;
  #listening;
  #buying;
  #shown = 0;

  constructor(song, held, holding, planner, listening, buying) {
    this.#song = song;
    this.#holding = holding;
    this.#planner = planner;
    this.#listening = listening;
    this.#buying = buying;
    head(this.element, song);
    part(this.element, "layers").append(...song.layers.map((layer, at) => this.#layer(layer, at, held.get(layer.slug) ?? new Map())));
    part(this.element, "segments").append(...song.layers.map((layer, at) => segment(at, held.has(layer.slug))));
    part(this.element, "next").addEventListener("click", () => this.#more());
    part(this.element, "combos").addEventListener("toggle", () => this.#shown || this.#more());
    if (held.size) whenSeen(this.element, () => this.#hearable());
  }

  get title() {
    return this.#song.title;
  }

  showPlan(plan) {
    this.plan = plan;
    const parts = [plural(plan.of, "%(held)s of %(num)s layer.", "%(held)s of %(num)s layers.", { held: plan.held })];
    if (plan.tokens) parts.push(plural(plan.tokens, "%(num)s song token.", "%(num)s song tokens."));
    const missing = plan.missing.map((slug) => this.#layerOf(slug).name);
    if (plan.held && missing.length) parts.push(_("Missing: %(names)s.", { names: listed(missing) }));
    say(part(this.element, "progress"), parts.join(" "));
    const verdict = part(this.element, "verdict");
    verdict.hidden = !plan.held || plan.missing.length > 0;
    const batch = plan.batch.map(([mix, times]) => (times > 1 ? `${mix} ×${times}` : mix)).join(", ");
    const facts = { count: number(plan.at_once), mixes: batch };
    if (!plan.at_once) say(verdict, _("You hold every layer, but the song's rules allow none of your combinations."));
    else if (plan.exact) say(verdict, plural(plan.combinations, "You can forge this song now: %(count)s in total (%(mixes)s), out of %(num)s combination. Forging is irreversible.", "You can forge this song now: %(count)s in total (%(mixes)s), out of %(num)s combinations. Forging is irreversible.", facts));
    else say(verdict, plural(plan.combinations, "You can forge this song now: at least %(count)s in total (%(mixes)s), out of %(num)s combination. Forging is irreversible.", "You can forge this song now: at least %(count)s in total (%(mixes)s), out of %(num)s combinations. Forging is irreversible.", facts));
    const combos = part(this.element, "combos");
    combos.hidden = !plan.combinations;
    say(combos.querySelector("summary"), plural(plan.combinations, "%(num)s combination", "All %(num)s combinations, rarest first"));
    this.#offerPrices();
  }

  showCost(found) {
    const status = part(this.element, "buying").querySelector("[data-cost]");
    if (!Object.keys(this.#buying.prices).length) say(status, "");
    else if (!found) say(status, _("These prices don't complete it: a layer without a price counts as not for sale."));
    else if (!found.buy.length) say(status, _("You don't need to buy anything."));
    else say(status, _("Cheapest: %(cost)s for %(stems)s. That is mix %(mix)s.", { cost: money(found.cost), stems: listed(found.buy.map((key) => this.#stemName(key))), mix: found.mix }));
  }

  #layer(layer, at, held) {
    const item = clone("layer");
    item.classList.add(`layer-${(at % COLOURS) + 1}`);
    say(part(item, "name"), layer.name);
    const stems = layer.stems.filter(({ slug }) => held.has(slug));
    part(item, "list").append(...stems.map((stem) => this.#stem(layer, stem, held.get(stem.slug))));
    if (!stems.length) part(item, "list").append(this.#missing(layer));
    return item;
  }

  #stem(layer, stem, held) {
    const item = clone("stem");
    const copies = held.reduce((sum, [, count]) => sum + count, 0);
    item.dataset.stem = `${layer.slug}/${stem.slug}`;
    part(item, "play").setAttribute("aria-label", _("Play %(stem)s", { stem: stem.name }));
    const name = part(item, "name");
    say(name, stem.name);
    name.href = this.#stemAddress(layer, stem);
    say(part(item, "copies"), copies > 1 ? plural(copies, "%(num)s copy", "%(num)s copies") : "");
    const ids = held.slice(0, IDS).map(([id]) => link(`#${id}`, inSite(`tokens/${id}/`)));
    if (held.length > IDS) ids.push(plural(held.length - IDS, "%(num)s more", "%(num)s more"));
    part(item, "ids").append(...listedNodes(ids));
    return item;
  }

  #missing(layer) {
    const item = clone("missing");
    const { byId, contract, tokens } = this.#holding;
    const stems = layer.stems.map((stem) => link(stem.name, this.#stemAddress(layer, stem)));
    const one = stems.length === 1 ? stems : pieces(_("one of %(stems)s"), { stems: listedNodes(stems, "or") });
    part(item, "list").append(...one);
    const others = [...byId.values()].filter((token) => token.song === this.#song.slug && token.layer === layer.slug && token.state === "revealed" && !tokens.has(token.id));
    const market = part(item, "market");
    if (!others.length) say(market, _("Nobody holds one right now."));
    else if (contract?.marketplace) {
      const [{ id, title }] = others;
      market.append(link(_("On the marketplace"), elsewhere(contract.marketplace, contract, id)), " ", plural(others.length, "(%(title)s; %(num)s token in all)", "(%(title)s; %(num)s tokens in all)", { title }));
    } else say(market, plural(others.length, "%(num)s token held by others.", "%(num)s tokens held by others."));
    return item;
  }

  /** Waveforms, and what can be played: fetched when the song comes into view. */
  async #hearable() {
    const song = await load(`data/songs/${this.#song.slug}.json`).catch(() => null);
    for (const layer of song?.layers ?? []) {
      for (const stem of layer.stems) {
        const item = this.element.querySelector(`[data-stem="${CSS.escape(`${layer.slug}/${stem.slug}`)}"]`);
        if (!item) continue;
        item.querySelector("path").setAttribute("d", stem.path);
        const key = part(item, "play");
        key.disabled = false;
        key.addEventListener("click", () => this.#listening.toggle(key, inSite(stem.audio.url)));
      }
    }
  }

  async #more() {
    const { slug } = this.#song;
    const next = part(this.element, "next");
    const from = this.#shown;
    this.#shown += STEP;
    try {
      const rows = await this.#planner.combinations(slug, from, STEP);
      part(this.element, "rows").append(...rows.map((row) => this.#combination(row)));
    } catch (error) {
      this.#shown = from;
      say(part(this.element, "progress"), error.message);
    }
    next.hidden = this.#shown >= this.plan.combinations;
  }

  #combination({ mix, stems, bits, minted }) {
    const item = clone("combination");
    const anchor = part(item, "mix");
    say(anchor, mix);
    const hasPage = this.#song.pages?.includes(mix) ?? true;
    const place = hasPage ? `${mix}/` : `#v=1&song=${this.#song.slug}&mix=${mix}`;
    anchor.href = inSite(this.#song.address + place);
    anchor.setAttribute("aria-label", _("Hear mix %(mix)s", { mix }));
    say(part(item, "stems"), stems.join(", "));
    const tokens = listedNodes(minted.map((id) => link(`#${id}`, inSite(`tokens/${id}/`))));
    const exists = minted.length ? pieces(_("exists as %(tokens)s"), { tokens }) : [_("nobody has it yet")];
    part(item, "facts").append(_("%(score)s bits", { score: fixed(bits) }), "; ", ...exists);
    const key = part(item, "weigh");
    const words = part(item, "loss");
    key.addEventListener("click", async () => {
      words.hidden = !words.hidden;
      key.setAttribute("aria-expanded", String(!words.hidden));
      if (words.hidden || words.childNodes.length) return;
      try {
        words.append(...this.#loss(await this.#planner.weigh(this.#song.slug, mix)));
      } catch (error) {
        say(words, error.message);
      }
    });
    return item;
  }

  /** Hold versus forge, in sentences. */
  #loss({ burned, last, combinations_before, combinations_after, at_once_before, at_once_after, rarer }) {
    const name = ([layer, stem]) => this.#stemName(`${this.#song.slug}/${layer}/${stem}`);
    const tokens = Object.entries(burned).map(([layer, id]) => {
      const item = document.createElement("li");
      item.append(`${this.#layerOf(layer).name}: `, link(`#${id}`, inSite(`tokens/${id}/`)));
      return item;
    });
    const list = document.createElement("ul");
    list.append(...tokens);
    const sentences = [
      last.length ? _("You give up your last copy of %(stems)s.", { stems: listed(last.map(name)) }) : _("You keep a copy of every stem."),
      _("Combinations left: %(after)s of %(before)s. Songs you can still forge: %(then)s instead of %(now)s.", {
        after: number(combinations_after), before: number(combinations_before), then: at_once_after, now: at_once_before,
      }),
      rarer ? _("A rarer combination is lost: %(mix)s (%(score)s bits: %(stems)s).", { mix: rarer.mix, score: fixed(rarer.bits), stems: rarer.stems.join(", ") }) : _("No rarer combination is lost."),
      _("The song token still unlocks all of these stems in the mixer."),
      _("Forging is irreversible."),
    ];
    return [paragraph(_("Burned for it:")), list, ...sentences.map(paragraph)];
  }

  /** Prices, given by hand, of stems that are not held, and of a song token. */
  #offerPrices() {
    const form = part(this.element, "prices");
    const box = part(this.element, "buying");
    if (form.childElementCount) return;
    const held = (layer, stem) => `${layer.slug}/${stem.slug}` in this.plan.stems;
    for (const layer of this.#song.layers) {
      const stems = layer.stems.filter((stem) => !held(layer, stem));
      if (!stems.length) continue;
      const set = document.createElement("fieldset");
      const legend = document.createElement("legend");
      legend.textContent = layer.name;
      set.append(legend, ...stems.map((stem) => this.#price(stem.name, `${this.#song.slug}/${layer.slug}/${stem.slug}`)));
      form.append(set);
    }
    form.append(this.#price(_("A song token"), this.#song.slug));
    form.addEventListener("submit", (event) => event.preventDefault());
    box.hidden = false;
  }

  #price(name, key) {
    const label = clone("price");
    const input = label.querySelector("input");
    say(label.querySelector("span"), name);
    input.addEventListener("input", async () => {
      const { prices, complete } = this.#buying;
      if (input.value === "" || !(input.valueAsNumber >= 0)) delete prices[key];
      else prices[key] = input.valueAsNumber;
      await complete().catch((error) => say(part(this.element, "progress"), error.message));
    });
    return label;
  }

  #stemAddress({ slug: layer }, { slug: stem }) {
    return inSite(`stems/${this.#song.slug}/${layer}/${stem}/`);
  }

  #layerOf(slug) {
    return this.#song.layers.find((layer) => layer.slug === slug);
  }

  #stemName(key) {
    const [, layer, stem] = key.split("/");
    return `${this.#layerOf(layer).name}: ${this.#layerOf(layer).stems.find(({ slug }) => slug === stem).name}`;
  }
}

/** One sound at a time. */
class Listening {
  #audio = null;
  #key = null;

  toggle(key, address) {
    const again = key === this.#key;
    this.stop();
    if (again) return;
    take(this, () => this.stop());
    this.#key = key;
    const audio = (this.#audio = new Audio(address));
    const end = () => audio === this.#audio && this.stop(); // what was stopped before it began ends late
    audio.addEventListener("ended", end);
    audio.play().catch(end);
    key.setAttribute("aria-pressed", "true");
  }

  stop() {
    this.#audio?.pause();
    this.#key?.setAttribute("aria-pressed", "false");
    this.#audio = this.#key = null;
  }
}

/** Held, revealed stem tokens: song -> layer -> stem -> [id, count] pairs. */
function group(tokens, byId) {
  const found = new Map();
  const under = (map, key, make) => map.get(key) ?? map.set(key, make()).get(key);
  for (const [id, count] of tokens) {
    const { tier, state, song, layer, stem } = byId.get(id) ?? {};
    if (tier !== "stem" || state === "unrevealed") continue;
    const layers = under(found, song, () => new Map());
    under(under(layers, layer, () => new Map()), stem, () => []).push([id, count]);
  }
  return found;
}

function head(element, { title, address, cover }) {
  const name = part(element, "title");
  say(name, title);
  name.href = inSite(address);
  part(element, "cover").src = inSite(cover);
}

function segment(at, held) {
  const made = document.createElement("span");
  made.className = `layer-${(at % COLOURS) + 1}${held ? " held" : ""}`;
  return made;
}

function paragraph(words) {
  const made = document.createElement("p");
  made.textContent = words;
  return made;
}

function money(cost) {
  return number(cost, { maximumSignificantDigits: 6 });
}

function whenSeen(element, act) {
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    watch.disconnect();
    act();
  }, { rootMargin: "400px" });
  watch.observe(element);
}
