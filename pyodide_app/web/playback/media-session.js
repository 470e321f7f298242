// Media keys and the lock screen: they control whatever called setMediaSession last.
/** @type {readonly MediaSessionAction[]} */
const ACTIONS = ["play", "pause", "stop", "previoustrack", "nexttrack", "seekto", "seekbackward", "seekforward"];
/** @type {MediaSession | undefined} */
const mediaSession = navigator.mediaSession;
/** @type {object | null} */
let owner = null;

/**
 * Set the metadata and the keys' handlers; keys without a handler do nothing.
 * @param {object | null} who @param {MediaMetadataInit | null} metadata
 * @param {Partial<Record<MediaSessionAction, MediaSessionActionHandler>>} handlers
 */
export function setMediaSession(who, metadata, handlers) {
  if (!mediaSession) return;
  owner = who;
  mediaSession.metadata = metadata && new MediaMetadata(metadata);
  for (const action of ACTIONS) {
    try {
      mediaSession.setActionHandler(action, handlers[action] ?? null);
    } catch {
      continue; // not supported by this browser
    }
  }
}

/**
 * Clear the media session, if `who` still has it.
 * @param {object} who
 */
export function clearMediaSession(who) {
  if (who !== owner) return;
  setPlaybackState(who, "none");
  setMediaSession(null, null, {});
}

/**
 * Report the playback state and the position in seconds, if `who` still has the media session.
 * @param {object} who @param {string} state
 */
export function setPlaybackState(who, state, { position = 0, duration = 0 } = {}) {
  if (who !== owner || !mediaSession) return;
  mediaSession.playbackState = state === "playing" || state === "paused" ? state : "none";
  mediaSession.setPositionState?.(duration > 0 ? { position: Math.min(position, duration), duration } : undefined);
}
