/** What tests leave in the page for Python to call. */
interface Window {
  [name: string]: any;
}

declare module "*/pyodide.mjs" {
  export function loadPyodide(options: object): Promise<any>;
}
