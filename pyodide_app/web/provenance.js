// /provenance/, where the visitor's browser repeats the draw.
import "./provenance/provenance.js";
