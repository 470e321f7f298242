// An EventTarget whose events are typed.

/** @template {Record<string, any>} Events the type of each event's `detail` */
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
