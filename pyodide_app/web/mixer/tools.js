// The mixer's tools: random mixes, loops by bar number, media session, memory, and mixes in the page's URL.
/** @import { StemMixer } from "./stem-mixer.js" */
import { addAlone } from "./alone.js";
import { attempt, onEvent } from "./attempts.js";
import { addComparison } from "./compare.js";
import { addExport } from "./export.js";
import { addHeldMix } from "./held-mix.js";
import { brokenRules, parseMix, songOfMix } from "./mix-links.js";
import { addSavedMixes } from "./saved-mixes.js";
import { addLyrics } from "./lyrics.js";
import { addSections } from "./sections.js";
import { addSharing } from "./share.js";
import { addTakes } from "./takes.js";
import { find, setText } from "../base/dom.js";
import { reasonOf } from "../base/errors.js";
import { choicesIn } from "../base/mix-numbers.js";
import { setMediaSession, setPlaybackState, clearMediaSession } from "../playback/media-session.js";
import { BUDGET } from "../playback/memory.js";
import { songOfTake } from "../takes/format.js";
import { connectMotionButton } from "../pages/motion.js";
import { _ } from "../language/phrases.js";
import { formatTime, formatMegabytes } from "../language/units.js";

const TRIES = 500; // random mixes, before giving up
const SEEK_SECONDS = 10;

/** @param {StemMixer} mixer */
export function addTools(mixer) {
  addSurprise(mixer);
  addAlone(mixer);
  addLoopByBars(mixer);
  addSections(mixer);
  addComparison(mixer);
  addSavedMixes(mixer);
  addSharing(mixer);
  addExport(mixer);
  addMediaSession(mixer);
  addMemoryLine(mixer);
  connectMotionButton(find(mixer, ".motion"), mixer.life);
  addHeldMix(mixer);
  const openTake = addTakes(mixer);
  if (mixer !== document.querySelector("stem-mixer")) return;
  addLyrics(mixer);
  addSongChooser(mixer);
  followAddress(mixer, openTake);
}

/**
 * Choose a random mix that the rules permit.
 * @param {StemMixer} mixer
 */
function addSurprise(mixer) {
  onEvent(mixer, ".surprise", "click", async () => {
    const song = await mixer.facts();
    for (let tries = 0; tries < TRIES; tries++) {
      const choice = song.layers.map(choicesIn).map((choices) => choices[Math.floor(Math.random() * choices.length)]);
      if (brokenRules(choice, song).length || String(choice) === String(mixer.choice)) continue;
      for (const [row, nth] of choice.entries()) mixer.choose(row, nth);
      return;
    }
    mixer.announce(_("The rules allow no other mix."));
  });
}

/**
 * Loop range and position in bars; in seconds for songs without bars.
 * @param {StemMixer} mixer
 */
function addLoopByBars(mixer) {
  const [from, to] = [".loop-from", ".loop-to"].map((selector) => find(mixer, selector, HTMLInputElement));
  const unit = async () => (await mixer.facts()).bar_seconds ?? 1;
  const setLoop = async () => {
    const step = await unit();
    const [first, last] = [from, to].map((input) => Math.round(Number(input.value)));
    const [start, end] = [(first - 1) * step, Math.min(last * step, mixer.duration)];
    if (!(first >= 1 && start < end)) {
      const units = Math.round(mixer.duration / step);
      mixer.announce(_("A loop begins at 1 or later and ends after it begins; the song ends at %(end)s.", { end: units }));
      return;
    }
    mixer.setRange([start, end]);
    mixer.toggleLoop(true);
  };
  onEvent(mixer, from, "change", setLoop);
  onEvent(mixer, to, "change", setLoop);
  mixer.on("range", (range) =>
    attempt(mixer, async () => {
      const step = await unit();
      from.value = String(Math.floor(range.from / step + 1e-6) + 1);
      to.value = String(Math.ceil(range.to / step - 1e-6));
    }),
  );
  const show = async () => {
    const { bar_seconds: bar } = await mixer.facts();
    setText(find(mixer, ".from"), bar ? _("From bar") : _("From second"));
    setText(find(mixer, ".to"), bar ? _("to bar") : _("to second"));
    if (!bar) return;
    const bars = Math.round(mixer.duration / bar);
    const now = Math.min(bars, Math.floor(mixer.position / bar + 1e-6) + 1);
    setText(find(mixer, ".bar-now"), _("bar %(now)s of %(bars)s", { now, bars }));
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
 * Media keys and the lock screen.
 * @param {StemMixer} mixer
 */
function addMediaSession(mixer) {
  let state = "idle";
  const announceSong = async () => {
    const { title, artist, album_title: album, cover } = await mixer.facts();
    if (state !== "playing") return; // paused meanwhile
    const src = new URL(`${mixer.dataset.root}${cover}`, document.baseURI).href;
    setMediaSession(mixer, { title, artist, album, artwork: [{ src }] }, {
      play: () => mixer.play(),
      pause: () => mixer.pause(),
      stop: () => mixer.stop(),
      seekto: ({ seekTime }) => mixer.seek(seekTime ?? mixer.position),
      seekbackward: ({ seekOffset }) => mixer.seek(mixer.position - (seekOffset ?? SEEK_SECONDS)),
      seekforward: ({ seekOffset }) => mixer.seek(mixer.position + (seekOffset ?? SEEK_SECONDS)),
    });
    setPlaybackState(mixer, state, mixer);
  };
  mixer.on("state", (next) => {
    state = next;
    if (state === "playing") attempt(mixer, announceSong);
    setPlaybackState(mixer, state, mixer);
  });
  mixer.life.addEventListener("abort", () => clearMediaSession(mixer));
}

/**
 * The memory that the stems take, and the budget.
 * @param {StemMixer} mixer
 */
function addMemoryLine(mixer) {
  const tools = find(mixer, ".tools", HTMLDetailsElement);
  const show = () => {
    if (!tools.open) return;
    const sizes = { size: formatMegabytes(mixer.stats?.bytes ?? 0), most: formatMegabytes(BUDGET) };
    setText(find(mixer, ".memory"), _("Stems in memory: %(size)s MB of at most %(most)s MB", sizes));
  };
  onEvent(mixer, tools, "toggle", show);
  mixer.on("state", show);
  let shown = -1;
  mixer.on("place", (seconds) => {
    const second = Math.floor(seconds);
    if (second !== shown) show();
    shown = second;
  });
  mixer.on("song", show);
}

/** The list of songs on the mixer page. */
function songChooser() {
  return /** @type {HTMLSelectElement | null} */ (document.querySelector("select[data-mixer-songs]"));
}

/** @param {StemMixer} mixer */
function addSongChooser(mixer) {
  const chooser = songChooser();
  if (!chooser) return;
  chooser.disabled = false;
  onEvent(mixer, chooser, "change", () => mixer.change(chooser.value));
}

/**
 * Apply the mix in the page's hash, or open the take.
 * @param {StemMixer} mixer @param {(text: string) => Promise<void>} openTake
 */
function followAddress(mixer, openTake) {
  const follow = async () => {
    const text = location.hash.slice(1);
    const take = new URLSearchParams(text).get("take");
    const slug = songOfMix(text) || (take === null ? "" : await songOfTake(take));
    if (!slug && take === null) return;
    const chooser = songChooser();
    const option = [...(chooser?.options ?? [])].find(({ dataset }) => dataset.slug === slug);
    if (chooser && option && option.value !== mixer.dataset.song) {
      chooser.value = option.value;
      await mixer.change(option.value);
    }
    if (take !== null) {
      await openTake(take);
      return;
    }
    try {
      await mixer.setMix(parseMix(text, await mixer.facts()));
      mixer.announce(_("Mix set from the link, at %(place)s", { place: formatTime(mixer.position) }));
    } catch (error) {
      mixer.announce(_("The mix in this link can't be read: %(reason)s", { reason: reasonOf(error) }));
    }
  };
  addEventListener("hashchange", () => attempt(mixer, follow), { signal: mixer.life });
  attempt(mixer, follow);
}
