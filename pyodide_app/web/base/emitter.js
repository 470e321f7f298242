// An EventTarget that says what its events carry.

/** @template {Record<string, any>} Events what each event's `detail` is */
export class Emitter extends EventTarget {
  /**
   * @template {keyof Events & string} Type
   * @param {Type} type @param {(detail: Events[Type]) => void} listener
   * @param {{ signal: AbortSignal }} options
   */
  on(type, listener, { signal }) {
    this.addEventListener(type, (event) => listener(/** @type {CustomEvent} */ (event).detail), { signal });
  }

  /**
   * @template {keyof Events & string} Type
   * @param {Type} type @param {Events[Type]} [detail]
   */
  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
