// Whether what was promised of tokens has been kept, checked by Python: worker to page alone,
// {value: JSON} or {message}.
import { reason, startPython, text } from "../python/start.js";

try {
  const [pyodide, promised, ledger] = await Promise.all([startPython(), text("data/provenance.json"), text("data/tokens.json")]);
  postMessage({ value: pyodide.pyimport("pyodide_app.provenance").verify(promised, ledger) });
} catch (error) {
  postMessage({ message: reason(error) });
}
