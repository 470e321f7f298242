// Embedded pages allow their own site alone, before other modules run.
import "./pages/embed-policy.js";
