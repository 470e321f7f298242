// What the mixer offers besides playing: surprises, loops by number, the lock screen, memory, the page's address.
/** @import { StemMixer } from "./stem-mixer.js" */
import { attempt, on } from "./attempts.js";
import { joinCompare } from "./compare.js";
import { joinExport } from "./export.js";
import { broken, read, songOf } from "./mix-links.js";
import { joinSavedMixes } from "./saved-mixes.js";
import { joinShare } from "./share.js";
import { find, say } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";
import { announce, tellState, withdraw } from "../playback/media-session.js";
import { BUDGET } from "../playback/memory.js";
import { joinMotion } from "../pages/motion.js";
import { _ } from "../language/phrases.js";
import { clock, megabytes } from "../language/units.js";

const TRIES = 500; // random mixes, before the rules are taken to leave none
const SEEK_SECONDS = 10;

/** @param {StemMixer} mixer */
export function joinTools(mixer) {
  joinSurprise(mixer);
  joinBars(mixer);
  joinCompare(mixer);
  joinSavedMixes(mixer);
  joinShare(mixer);
  joinExport(mixer);
  joinMedia(mixer);
  joinMemory(mixer);
  joinMotion(find(mixer, ".motion"), mixer.life);
  if (mixer !== document.querySelector("stem-mixer")) return;
  joinChooser(mixer);
  joinAddress(mixer);
}

/**
 * Go to another mix that the rules permit.
 * @param {StemMixer} mixer
 */
function joinSurprise(mixer) {
  on(mixer, ".surprise", "click", async () => {
    const song = await mixer.facts();
    for (let tries = 0; tries < TRIES; tries++) {
      const choice = song.layers.map(({ stems }) => Math.floor(Math.random() * stems.length));
      if (broken(choice, song).length || String(choice) === String(mixer.choice)) continue;
      for (const [row, nth] of choice.entries()) mixer.choose(row, nth);
      return;
    }
    mixer.say(_("The rules allow no other mix."));
  });
}

/**
 * Bars, or seconds where a song says nothing of bars: loops by number, and the clock.
 * @param {StemMixer} mixer
 */
function joinBars(mixer) {
  const [from, to] = [".loop-from", ".loop-to"].map((selector) => find(mixer, selector, HTMLInputElement));
  const unit = async () => (await mixer.facts()).bar_seconds ?? 1;
  const setLoop = async () => {
    const step = await unit();
    const [first, last] = [from, to].map((input) => Math.round(Number(input.value)));
    const [start, end] = [(first - 1) * step, Math.min(last * step, mixer.duration)];
    if (!(first >= 1 && start < end)) {
      const units = Math.round(mixer.duration / step);
      mixer.say(_("A loop starts at 1 or later and ends after its start. The song ends at %(end)s.", { end: units }));
      return;
    }
    mixer.setRange([start, end]);
    mixer.toggleLoop(true);
  };
  on(mixer, from, "change", setLoop);
  on(mixer, to, "change", setLoop);
  mixer.on("range", (range) =>
    attempt(mixer, async () => {
      const step = await unit();
      from.value = String(Math.floor(range.from / step + 1e-6) + 1);
      to.value = String(Math.ceil(range.to / step - 1e-6));
    }),
  );
  const show = async () => {
    const { bar_seconds: bar } = await mixer.facts();
    find(mixer, ".from").textContent = bar ? _("From bar") : _("From second");
    find(mixer, ".to").textContent = bar ? _("to bar") : _("to second");
    if (!bar) return;
    const bars = Math.round(mixer.duration / bar);
    const now = Math.min(bars, Math.floor(mixer.position / bar + 1e-6) + 1);
    find(mixer, ".bar-now").textContent = _("bar %(now)s of %(bars)s", { now, bars });
  };
  let shown = -1;
  mixer.on("place", (seconds) => {
    const tenth = Math.floor(seconds * 10);
    if (tenth !== shown) attempt(mixer, show);
    shown = tenth;
  });
  mixer.on("song", () => attempt(mixer, show));
}

/**
 * The lock screen, and the keys of a keyboard or a headset.
 * @param {StemMixer} mixer
 */
function joinMedia(mixer) {
  let state = "idle";
  const announceSong = async () => {
    const { title, artist, album_title: album, cover } = await mixer.facts();
    if (state !== "playing") return; // something else does by now
    const src = new URL(`${mixer.dataset.root}${cover}`, document.baseURI).href;
    announce(mixer, { title, artist, album, artwork: [{ src }] }, {
      play: () => mixer.play(),
      pause: () => mixer.pause(),
      stop: () => mixer.stop(),
      seekto: ({ seekTime }) => mixer.seek(seekTime ?? mixer.position),
      seekbackward: ({ seekOffset }) => mixer.seek(mixer.position - (seekOffset ?? SEEK_SECONDS)),
      seekforward: ({ seekOffset }) => mixer.seek(mixer.position + (seekOffset ?? SEEK_SECONDS)),
    });
    tellState(mixer, state, mixer);
  };
  mixer.on("state", (next) => {
    state = next;
    if (state === "playing") attempt(mixer, announceSong);
    tellState(mixer, state, mixer);
  });
  mixer.life.addEventListener("abort", () => withdraw(mixer));
}

/**
 * What the stems take up, of what they may.
 * @param {StemMixer} mixer
 */
function joinMemory(mixer) {
  const tools = find(mixer, ".tools", HTMLDetailsElement);
  const show = () => {
    if (!tools.open) return;
    const sizes = { size: megabytes(mixer.stats?.bytes ?? 0), most: megabytes(BUDGET) };
    say(find(mixer, ".memory"), _("Stems in memory: %(size)s MB of %(most)s MB allowed", sizes));
  };
  on(mixer, tools, "toggle", show);
  mixer.on("state", show);
  mixer.on("place", show);
  mixer.on("song", show);
}

/** The songs to choose from, on the mixer's own page. */
function chooserOfSongs() {
  return /** @type {HTMLSelectElement | null} */ (document.querySelector("select[data-mixer-songs]"));
}

/** @param {StemMixer} mixer */
function joinChooser(mixer) {
  const chooser = chooserOfSongs();
  if (!chooser) return;
  chooser.disabled = false;
  on(mixer, chooser, "change", () => mixer.change(chooser.value));
}

/**
 * Set what the page's address says.
 * @param {StemMixer} mixer
 */
function joinAddress(mixer) {
  const follow = async () => {
    const text = location.hash.slice(1);
    const slug = songOf(text);
    if (!slug) return;
    const chooser = chooserOfSongs();
    const option = [...(chooser?.options ?? [])].find(({ dataset }) => dataset.slug === slug);
    if (chooser && option && option.value !== mixer.dataset.song) {
      chooser.value = option.value;
      await mixer.change(option.value);
    }
    try {
      await mixer.setMix(read(text, await mixer.facts()));
      mixer.say(_("Mix set from the link, at %(place)s", { place: clock(mixer.position) }));
    } catch (error) {
      mixer.say(_("The mix in this link can't be read: %(reason)s", { reason: reasonOf(error) }));
    }
  };
  addEventListener("hashchange", () => attempt(mixer, follow), { signal: mixer.life });
  attempt(mixer, follow);
}
