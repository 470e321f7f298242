// What the mixer offers besides playing: surprises, loops by number, comparing, keeping, sharing.
import { broken, read, songOf, write } from "./mix-links.js";
import { announce, tellState, withdraw } from "../playback/media-session.js";
import { BUDGET } from "../playback/memory.js";
import { joinMotion } from "../pages/motion.js";
import { _, percent } from "../language/phrases.js";
import { press, pressed } from "../base/controls.js";
import { clock, megabytes } from "../language/units.js";

const TRIES = 500; // random mixes, before the rules are taken to leave none
const KEPT = "stempress:mixes:"; // and the collection's name: localStorage
const KEPT_MOST = 100;

export function joinTools(mixer) {
  joinSurprise(mixer);
  joinBars(mixer);
  joinCompare(mixer);
  joinKeep(mixer);
  joinShare(mixer);
  joinExport(mixer);
  joinMedia(mixer);
  joinMemory(mixer);
  joinMotion(mixer.querySelector(".motion"));
  joinChooser(mixer);
  joinFragment(mixer);
}

/** Do something that may fail, and let the status line say so. */
async function trying(mixer, act) {
  try {
    await act();
  } catch (error) {
    mixer.say(error.message);
  }
}

function on(mixer, selector, type, hear) {
  mixer.querySelector(selector).addEventListener(type, (event) => trying(mixer, () => hear(event)));
}

/** Walk to another mix that the rules permit. */
function joinSurprise(mixer) {
  on(mixer, ".surprise", "click", async () => {
    const song = await mixer.facts();
    for (let each = 0; each < TRIES; each++) {
      const choice = song.layers.map(({ stems }) => Math.floor(Math.random() * stems.length));
      if (broken(choice, song).length || String(choice) === String(mixer.choice)) continue;
      choice.forEach((nth, row) => mixer.choose(row, nth));
      return;
    }
    mixer.say(_("The rules allow no other mix."));
  });
}

/** Bars, or seconds where a song says nothing of bars: loops by number, and the clock. */
function joinBars(mixer) {
  const [from, to] = [mixer.querySelector(".loop-from"), mixer.querySelector(".loop-to")];
  const unit = async () => (await mixer.facts()).bar_seconds ?? 1;
  const set = async () => {
    const step = await unit();
    const [first, last] = [from, to].map((input) => Math.round(Number(input.value)));
    const range = [(first - 1) * step, Math.min(last * step, mixer.duration)];
    if (!(first >= 1 && range[0] < range[1])) {
      const end = Math.round(mixer.duration / step);
      mixer.say(_("A loop starts at 1 or later and ends after its start. The song ends at %(end)s.", { end }));
      return;
    }
    mixer.setRange(range);
    mixer.toggleLoop(true);
  };
  from.addEventListener("change", () => trying(mixer, set));
  to.addEventListener("change", () => trying(mixer, set));
  mixer.addEventListener("range", ({ detail }) =>
    trying(mixer, async () => {
      const step = await unit();
      from.value = Math.floor(detail.from / step + 1e-6) + 1;
      to.value = Math.ceil(detail.to / step - 1e-6);
    }),
  );
  const show = async () => {
    const { bar_seconds: bar } = await mixer.facts();
    mixer.querySelector(".from").textContent = bar ? _("From bar") : _("From second");
    mixer.querySelector(".to").textContent = bar ? _("to bar") : _("to second");
    if (!bar) return;
    const bars = Math.round(mixer.duration / bar);
    const now = Math.min(bars, Math.floor(mixer.position / bar + 1e-6) + 1);
    mixer.querySelector(".bar-now").textContent = _("bar %(now)s of %(bars)s", { now, bars });
  };
  let shown = -1;
  mixer.addEventListener("place", ({ detail }) => {
    const tenth = Math.floor(detail * 10);
    if (tenth !== shown) trying(mixer, show);
    shown = tenth;
  });
  mixer.addEventListener("song", () => trying(mixer, show));
}

/** Two mixes side by side; the louder one is turned down to the other, if that is wished. */
function joinCompare(mixer) {
  const keys = [...mixer.querySelectorAll(".slot")];
  const matched = mixer.querySelector(".matched");
  let kept = [null, null];
  let current = 0;
  const loudness = new Map(); // what a mix sounds like -> LUFS

  const measure = async (text) => {
    if (!loudness.has(text)) loudness.set(text, await (await mixer.player()).loudness());
    return loudness.get(text);
  };
  /** The mix as a text, without where it is. */
  const now = async () => write({ ...(await mixer.mix()), at: 0, loop: null });
  const trim = async (louder) => {
    (await mixer.player()).trim(louder);
  };
  const show = () => keys.forEach((key, nth) => press(key, nth === current));

  const turn = async (nth) => {
    if (nth === current) return;
    const song = await mixer.facts();
    const [leaving, loop] = [await now(), (await mixer.mix()).loop];
    const figures = [matched.checked ? await measure(leaving) : 0, 0];
    kept[current] = leaving;
    current = nth;
    show();
    await mixer.setMix({ ...read(kept[nth] ?? leaving, song), loop }, { place: false });
    if (matched.checked) figures[1] = await measure(await now());
    await trim(matched.checked ? Math.min(0, figures[0] - figures[1]) : 0);
  };
  keys.forEach((key, nth) => key.addEventListener("click", () => trying(mixer, () => turn(nth))));
  matched.addEventListener("change", () => trying(mixer, () => matched.checked || trim(0)));
  mixer.addEventListener("song", () => {
    kept = [null, null];
    current = 0;
    loudness.clear();
    show();
  });
}

/** Mixes kept by name in this browser, as the links that they are. */
function joinKeep(mixer) {
  const store = KEPT + (document.documentElement.dataset.collection ?? "");
  const all = () => {
    try {
      const found = JSON.parse(localStorage.getItem(store));
      return Array.isArray(found) ? found.filter((each) => [each?.name, each?.mix].every((it) => typeof it === "string")) : [];
    } catch {
      return []; // nothing is kept, or it is not ours
    }
  };
  const keep = (mixes) => {
    try {
      localStorage.setItem(store, JSON.stringify(mixes.slice(-KEPT_MOST)));
    } catch {
      throw new Error(_("This browser doesn't let this page save anything."));
    }
  };
  const show = async () => {
    const song = await mixer.facts();
    const mine = all().filter(({ mix }) => songOf(mix) === song.slug);
    const items = mine.map((each) => {
      const item = document.createElement("li");
      const [load, drop] = ["load", "drop"].map(() => document.createElement("button"));
      load.type = drop.type = "button";
      load.textContent = each.name;
      drop.textContent = "×";
      drop.setAttribute("aria-label", _("Delete %(name)s", { name: each.name }));
      load.addEventListener("click", () => trying(mixer, () => mixer.setMix(read(each.mix, song))));
      drop.addEventListener("click", () =>
        trying(mixer, () => {
          keep(all().filter(({ name, mix }) => name !== each.name || mix !== each.mix));
          return show();
        }),
      );
      item.append(load, drop);
      return item;
    });
    mixer.querySelector(".kept").replaceChildren(...items);
  };
  const save = async () => {
    const song = await mixer.facts();
    const mix = write(await mixer.mix());
    const field = mixer.querySelector(".name");
    const name = field.value.trim() || _("Mix %(number)s", { number: mixer.choice.map((nth) => nth + 1).join("-") });
    keep([...all().filter((each) => each.name !== name || songOf(each.mix) !== song.slug), { name, mix }]);
    field.value = "";
    await show();
    mixer.say(_("Saved in this browser: %(name)s", { name }));
  };
  on(mixer, ".keep-it", "click", save);
  on(mixer, ".keep", "submit", (event) => {
    event.preventDefault();
    return save();
  });
  mixer.querySelector(".tools").addEventListener("toggle", () => trying(mixer, show));
  mixer.addEventListener("song", () => trying(mixer, show));
}

function joinShare(mixer) {
  const link = async (address) => {
    const shared = new URL(address, document.baseURI);
    shared.hash = write(await mixer.mix());
    return shared.href;
  };
  const copy = async (text, done) => {
    try {
      await navigator.clipboard.writeText(text);
      mixer.say(done);
    } catch {
      mixer.say(text); // the visitor can still select it
    }
  };
  on(mixer, ".copy-link", "click", async () => copy(await link(location.href), _("Link copied.")));
  on(mixer, ".copy-embed", "click", async () => {
    const song = await mixer.facts();
    const mix = mixer.choice.map((nth) => nth + 1).join("-");
    const page = song.pages.includes(mix) ? mix : song.pages[0];
    const frame = document.createElement("iframe");
    frame.src = await link(`${mixer.dataset.root}embed/${song.slug}/${page}/`);
    frame.title = `${song.title}, ${song.artist}`;
    Object.assign(frame, { width: "100%", height: String(400 + 127 * song.layers.length), loading: "lazy", allow: "autoplay" });
    await copy(frame.outerHTML, _("Embed code copied."));
  });
}

/** The bounce: a WAV file of what is heard, or its digest. */
function joinExport(mixer) {
  const [start, cancel] = [mixer.querySelector(".export"), mixer.querySelector(".cancel")];
  let stop = null;
  cancel.disabled = true;

  const bouncing = async ({ doing, cancelled }, act) => {
    stop = new AbortController();
    start.disabled = true;
    cancel.disabled = false;
    try {
      await act(stop.signal, (done) => mixer.say(doing.replace("%(done)s", percent(done))));
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      mixer.say(cancelled);
    } finally {
      start.disabled = false;
      cancel.disabled = true;
      stop = null;
    }
  };
  cancel.addEventListener("click", () => stop?.abort());

  on(mixer, ".export", "click", () =>
    bouncing({ doing: _("Export: %(done)s"), cancelled: _("Export: cancelled") }, async (signal, tell) => {
      const song = await mixer.facts();
      const mix = mixer.choice.map((nth) => nth + 1).join("-");
      const player = await mixer.player();
      const file = await player.export(Number(mixer.querySelector(".bits").value), { signal, tell });
      const link = document.createElement("a");
      link.download = `${song.slug}-${mix}.wav`;
      link.href = URL.createObjectURL(file);
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      mixer.say(_("Exported %(file)s, %(size)s MB", { file: link.download, size: megabytes(file.size) }));
    }),
  );
  if (!mixer.querySelector(".verify")) return; // stems come with loss
  on(mixer, ".verify", "click", () =>
    bouncing({ doing: _("Verify: %(done)s"), cancelled: _("Verify: cancelled") }, async (signal, tell) => {
      const song = await mixer.facts();
      const mix = mixer.choice.map((nth) => nth + 1).join("-");
      const published = await digestOf(song, mix, mixer.dataset.root);
      if (!published) {
        mixer.say(_("No digest has been published for this mix."));
        return;
      }
      const player = await mixer.player();
      const found = await player.digest(24, { plain: true, signal, tell });
      mixer.say(
        found === published
          ? _("This is the mix that was published: SHA-256 %(found)s", { found })
          : _("This is not the mix that was published: here %(found)s, there %(published)s", { found, published }),
      );
    }),
  );
}

/** Return the published digest of a mix, if there is one. */
async function digestOf(song, mix, root) {
  const answer = await fetch(new URL(`${root}data/digests/${song.slug}.json`, document.baseURI));
  if (!answer.ok) return null;
  const { mixes, rate } = await answer.json();
  if (mixes[mix] && rate !== song.rate) {
    const rates = { published: rate, here: song.rate };
    throw new Error(_("The digest was published for %(published)s Hz, but this mix is at %(here)s Hz, so they can't be compared.", rates));
  }
  return mixes[mix] ?? null;
}

function joinMedia(mixer) {
  let state = "idle";
  const announceIt = async () => {
    const { title, artist, album_title: album, cover } = await mixer.facts();
    if (state !== "playing") return; // something else does by now
    const src = new URL(`${mixer.dataset.root}${cover}`, document.baseURI).href;
    announce(mixer, { title, artist, album, artwork: [{ src }] }, {
      play: () => mixer.play(),
      pause: () => mixer.pause(),
      stop: () => mixer.stop(),
      seekto: ({ seekTime }) => mixer.seek(seekTime),
      seekbackward: ({ seekOffset }) => mixer.seek(mixer.position - (seekOffset ?? 10)),
      seekforward: ({ seekOffset }) => mixer.seek(mixer.position + (seekOffset ?? 10)),
    });
    tellState(mixer, state, mixer);
  };
  mixer.addEventListener("state", ({ detail }) => {
    state = detail;
    if (state === "playing") trying(mixer, announceIt);
    tellState(mixer, state, mixer);
  });
  mixer.life.addEventListener("abort", () => withdraw(mixer));
}

/** What the stems take up, of what they may. */
function joinMemory(mixer) {
  const [tools, line] = [mixer.querySelector(".tools"), mixer.querySelector(".memory")];
  const show = () => {
    if (!tools.open) return;
    const sizes = { size: megabytes(mixer.stats?.bytes ?? 0), most: megabytes(BUDGET) };
    const words = _("Stems in memory: %(size)s MB of %(most)s MB allowed", sizes);
    if (line.textContent !== words) line.textContent = words;
  };
  tools.addEventListener("toggle", show);
  for (const type of ["state", "place", "song"]) mixer.addEventListener(type, show);
}

/** The mixer's own page has all songs. */
function joinChooser(mixer) {
  const chooser = document.querySelector("select[data-mixer-songs]");
  if (!chooser || mixer !== document.querySelector("stem-mixer")) return;
  chooser.disabled = false;
  chooser.addEventListener("change", () => mixer.change(chooser.value));
}

/** Set what the page's address says. */
function joinFragment(mixer) {
  if (mixer !== document.querySelector("stem-mixer")) return;
  const obey = async () => {
    const text = location.hash.slice(1);
    const slug = songOf(text);
    if (!slug) return;
    const chooser = document.querySelector("select[data-mixer-songs]");
    const option = chooser?.querySelector(`option[data-slug="${CSS.escape(slug)}"]`);
    if (option && option.value !== mixer.dataset.song) {
      chooser.value = option.value;
      await mixer.change(option.value);
    }
    try {
      await mixer.setMix(read(text, await mixer.facts()));
      mixer.say(_("Mix set from the link, at %(place)s", { place: clock(mixer.position) }));
    } catch (error) {
      mixer.say(_("The mix in this link can't be read: %(reason)s", { reason: error.message }));
    }
  };
  addEventListener("hashchange", () => trying(mixer, obey), { signal: mixer.life });
  trying(mixer, obey);
}
