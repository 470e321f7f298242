// Verifies the provenance in Python.
import { answerRequests } from "../base/worker-host.js";
import { startPython, loadText } from "../python/start.js";

answerRequests({
  async verify() {
    const [pyodide, promised, ledger] = await Promise.all([startPython(), loadText("data/provenance.json"), loadText("data/tokens.json")]);
    return pyodide.pyimport("pyodide_app.provenance").verify(promised, ledger);
  },
});
