// Names that are not defined and types are tsc's; see types/.
import js from "@eslint/js";

/** Listeners end with the page, worker or element that wants them. */
const listenerSignal = {
  meta: { type: "problem", schema: [], messages: { missing: "Pass { signal } as the third argument: a listener ends with the page that wants it." } },
  create: (context) => ({
    CallExpression(node) {
      const { callee } = node;
      const name = callee.type === "MemberExpression" ? callee.property.name : callee.name;
      if (name !== "addEventListener" || node.arguments[0]?.value === "abort") return; // a signal's own end
      const options = node.arguments[2];
      const properties = options?.type === "ObjectExpression" ? options.properties : [];
      if (!properties.some((property) => property.key?.name === "signal")) context.report({ node, messageId: "missing" });
    },
  }),
};

/** Sentences get a value for each of their %(places)s; plural() gives them num by itself. */
const sentenceValues = {
  meta: { type: "problem", schema: [], messages: { values: "The sentence wants {{wanted}}, and is given {{given}}." } },
  create: (context) => ({
    CallExpression({ callee, arguments: values, parent }) {
      if (!["_", "plural", "pgettext"].includes(callee.name) || parent.callee?.name === "splitSentence") return;
      const given = values.at(-1).type === "ObjectExpression" ? values.at(-1).properties : [];
      if (given.some(({ type }) => type === "SpreadElement") || values.at(-1).type === "Identifier") return;
      const names = new Set(given.map(({ key }) => key.name));
      for (const sentence of values.filter(({ value }) => typeof value === "string")) {
        const wanted = [...sentence.value.matchAll(/%\((\w+)\)s/g)].map(([, name]) => name);
        const missing = wanted.filter((name) => !names.has(name) && !(callee.name === "plural" && name === "num"));
        const data = { wanted: missing.join(", "), given: [...names].join(", ") || "nothing" };
        if (missing.length) context.report({ node: sentence, messageId: "values", data });
      }
    },
  }),
};

/** Rules are switched off for one line, with the reason beside it. */
const reasonedException = {
  meta: { type: "problem", schema: [], messages: { reason: "Switch off a rule for one line, with its reason: // eslint-disable-next-line rule -- reason" } },
  create: (context) => ({
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        if (/^\s*eslint-disable/.test(comment.value) && !/^\s*eslint-disable-(next-)?line \S+ -- \S/.test(comment.value)) {
          context.report({ loc: comment.loc, messageId: "reason" });
        }
      }
    },
  }),
};

/** What Safari 16.4 lacks; tsc knows of the language's own (`lib` in types/). */
const newerProperties = [
  { object: "AbortSignal", property: "any", message: "Safari has it from 17.4 on: use anySignal() of base/signals.js." },
  { object: "URL", property: "canParse", message: "Safari has it from 17 on: use parseUrl() of base/urls.js." },
  { object: "URL", property: "parse", message: "Safari has it from 18 on: use parseUrl() of base/urls.js." },
];

const markup = "Strangers' words only ever become text: use textContent, or nodes.";
const restrictedSyntax = [
  { selector: "AssignmentExpression > MemberExpression.left[property.name=/^(innerHTML|outerHTML)$/]", message: markup },
  { selector: "CallExpression[callee.property.name=/^(insertAdjacentHTML|setHTMLUnsafe)$/]", message: markup },
  { selector: "CallExpression[callee.property.name='setInterval']", message: "Use repeat() of base/timers.js: it ends with a signal." },
];

export default [
  { ignores: ["dist/", "build/", ".stempress-dist/", ".cache/", ".venv/", "pyodide_app/web/language/language.js"] },
  {
    ...js.configs.recommended,
    files: ["**/*.js", "**/*.mjs"],
    plugins: { local: { rules: { "listener-signal": listenerSignal, "reasoned-exception": reasonedException, "sentence-values": sentenceValues } } },
    languageOptions: { ecmaVersion: 2025, sourceType: "module" },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      ...js.configs.recommended.rules,
      "no-undef": "off", // tsc knows which names a page, a worker and a worklet have
      "array-callback-return": "error",
      "consistent-return": "error",
      "default-case-last": "error",
      "dot-notation": "error",
      "eqeqeq": "error",
      "no-constructor-return": "error",
      "no-else-return": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-lonely-if": "error",
      "no-new-func": "error",
      "no-self-compare": "error",
      "no-shadow": "error",
      "no-throw-literal": "error",
      "no-unmodified-loop-condition": "error",
      "no-unneeded-ternary": "error",
      "no-unreachable-loop": "error",
      "no-useless-rename": "error",
      "no-useless-return": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-promise-reject-errors": "error",
      "prefer-template": "error",
      "no-restricted-globals": ["error", { name: "setInterval", message: "Use repeat() of base/timers.js: it ends with a signal." }],
      "no-restricted-syntax": ["error", ...restrictedSyntax],
      "local/listener-signal": "error",
      "local/reasoned-exception": "error",
      "local/sentence-values": "error",
    },
  },
  { files: ["pyodide_app/web/**/*.js"], rules: { "no-restricted-properties": ["error", ...newerProperties] } },
  {
    files: ["pyodide_app/web/**/*.js"],
    ignores: ["**/*worker.js"],
    rules: {
      "no-console": "error",
      "no-restricted-syntax": ["error", ...restrictedSyntax, {
        selector: "AwaitExpression:not(:function *)",
        message: "No await at the top of a module: WebKit fails when such a module is imported twice (bug 242740).",
      }],
    },
  },
  { files: ["pyodide_app/web/site.js", "stempress/**/*.js"], languageOptions: { sourceType: "script" } },
];
