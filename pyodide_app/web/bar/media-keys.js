// Media keys and the lock screen, while the player bar plays.
import { setMediaSession } from "../playback/media-session.js";

/** @import { Track } from "./tracks.js" */
/**
 * @typedef {object} Transport
 * @property {() => void} play
 * @property {() => void} pause
 * @property {() => void} previous
 * @property {() => void} next
 * @property {() => number} position in seconds
 * @property {(seconds: number) => void} seek
 */

const STEP_SECONDS = 5;

/**
 * Name the track that plays, and let the keys control it.
 * @param {object} owner of the media session @param {Track} track @param {Transport} transport
 */
export function connectMediaKeys(owner, { song, title, detail, cover }, { play, pause, previous, next, position, seek }) {
  const metadata = { title: `${title} (${detail})`, artist: song.artist, album: song.album_title, artwork: [{ src: cover }] };
  setMediaSession(owner, metadata, {
    play,
    pause,
    previoustrack: previous,
    nexttrack: next,
    seekto: ({ seekTime }) => seek(seekTime ?? position()),
    seekbackward: ({ seekOffset }) => seek(position() - (seekOffset ?? STEP_SECONDS)),
    seekforward: ({ seekOffset }) => seek(position() + (seekOffset ?? STEP_SECONDS)),
  });
}
