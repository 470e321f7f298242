// One sound at a time: whatever begins to sound ends what sounded before it.
let sounding = null; // {who, stop}

/** Have the loudspeakers; `stop` is called when somebody else takes them. */
export function take(who, stop) {
  const before = sounding;
  sounding = { who, stop };
  if (before && before.who !== who) before.stop();
}

// The pages' previews take part.
document.addEventListener("play", ({ target }) => take(target, () => target.pause()), true);
