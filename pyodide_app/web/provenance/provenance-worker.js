// Whether what was promised of tokens has been kept, checked by Python.
import { answerRequests } from "../base/worker-host.js";
import { startPython, text } from "../python/start.js";

answerRequests({
  async verify() {
    const [pyodide, promised, ledger] = await Promise.all([startPython(), text("data/provenance.json"), text("data/tokens.json")]);
    return pyodide.pyimport("pyodide_app.provenance").verify(promised, ledger);
  },
});
