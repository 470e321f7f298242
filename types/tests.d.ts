/** What tests leave in the page for Python to call. */
interface Window {
  [name: string]: any;
}

declare module "*/python.js" {
  export const Downloads: new (report: () => void) => { compile: (name: string) => Promise<WebAssembly.Module> };
  export function startFromPackages(downloads: object, wasm: Promise<WebAssembly.Module>): Promise<any>;
  export function startPython(): Promise<any>;
}

declare module "*/pyodide.mjs" {
  export function loadPyodide(options: object): Promise<any>;
}
