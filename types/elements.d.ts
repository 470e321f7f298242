// The site's own elements.
interface HTMLElementTagNameMap {
  "player-bar": import("../pyodide_app/web/bar/player-bar.js").PlayerBar;
  "stem-radio": import("../pyodide_app/web/radio/radio-element.js").StemRadio;
  "stem-mixer": import("../pyodide_app/web/mixer/stem-mixer.js").StemMixer;
}
