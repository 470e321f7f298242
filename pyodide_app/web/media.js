// The keys of a keyboard or a headset, and the lock screen: they are for whatever announced itself last.
const ACTIONS = ["play", "pause", "stop", "previoustrack", "nexttrack", "seekto", "seekbackward", "seekforward"];
const { mediaSession } = navigator;
let speaker = null;

/** Say what `who` plays, and what the keys do; a key without a handler does nothing. */
export function announce(who, metadata, handlers) {
  if (!mediaSession) return;
  speaker = who;
  mediaSession.metadata = metadata && new MediaMetadata(metadata);
  for (const action of ACTIONS) {
    try {
      mediaSession.setActionHandler(action, handlers[action] ?? null);
    } catch {
      continue; // this browser knows no such key
    }
  }
}

/** Have nothing to play any more. */
export function withdraw(who) {
  if (who !== speaker) return;
  tellState(who, "none");
  announce(null, null, {});
}

/** Say whether it is "playing" or "paused", anything else is neither; and where it is, in seconds. */
export function tellState(who, state, { position = 0, duration = 0 } = {}) {
  if (who !== speaker || !mediaSession) return;
  mediaSession.playbackState = { playing: "playing", paused: "paused" }[state] ?? "none";
  mediaSession.setPositionState?.(duration > 0 ? { position: Math.min(position, duration), duration } : undefined);
}
