// The gallery's page.
import "./gallery/gallery.js";
