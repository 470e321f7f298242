// /mine/, the page of the visitor's own tokens.
import "./mine/mine.js";
