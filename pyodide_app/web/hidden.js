// /hidden/<slug>/: decrypts a hidden track.
import "./hidden/hidden-track.js";
