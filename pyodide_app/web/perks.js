// /perks/: who is entitled to what.
import "./mine/perks.js";
