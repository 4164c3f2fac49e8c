// Builds scss/site.scss and js/*.js into one folder.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import * as esbuild from "esbuild";
import { browserslistToTargets, transform } from "lightningcss";
import * as sass from "sass";

const here = fileURLToPath(new URL(".", import.meta.url));
const BUDGET = 15 * 1024;
// Baselines that have logical properties, :has() and cascade layers.
const targets = browserslistToTargets(["chrome 111", "firefox 121", "safari 16.4"]);

// The design system writes left and right; we write start and end, so that Arabic or Urdu mirror.
const LOGICAL = [
  [/([;{\s])(margin|padding)-left:/g, "$1$2-inline-start:"],
  [/([;{\s])(margin|padding)-right:/g, "$1$2-inline-end:"],
  [/([;{\s])border-left(-width|-color|-style)?:/g, "$1border-inline-start$2:"],
  [/([;{\s])border-right(-width|-color|-style)?:/g, "$1border-inline-end$2:"],
  [/([;{\s])left:/g, "$1inset-inline-start:"],
  [/([;{\s])right:/g, "$1inset-inline-end:"],
  [/text-align: ?left/g, "text-align: start"],
  [/text-align: ?right/g, "text-align: end"],
  [/float: ?left/g, "float: inline-start"],
  [/float: ?right/g, "float: inline-end"],
];
// Colours that the design system's components name directly instead of through a setting.
const PALETTE = {
  "#b00001": "var(--bad)", // Sass computes shades of this one, so the setting must be a colour
  "#005eb8": "var(--brand)",
  "#212b32": "var(--ink)",
  "#ffeb3b": "var(--focus)",
  "#4c6272": "var(--ink-soft)",
  "#d8dde0": "var(--line)",
  "#f0f4f5": "var(--paper)",
  "#7c2855": "var(--link-hover)",
  "#330072": "var(--link)",
};

// Variants of the design system that no page of ours shows.
const UNUSED = [
  "nhsuk-link", "nhsuk-link--reverse", "nhsuk-link--text-colour", "nhsuk-link--no-visited-state",
  "nhsuk-link--no-underline", "nhsuk-link-image", "nhsuk-icon", "nhsuk-icon--search", "nhsuk-button--login",
  "nhsuk-button--secondary-solid", "nhsuk-button--brand", "nhsuk-button--icon", "nhsuk-button__content",
  "nhsuk-button-group--small", "nhsuk-lede-text", "nhsuk-lede-text--small", "nhsuk-body-l", "nhsuk-body-s",
  "nhsuk-caption", "nhsuk-caption--bottom", "nhsuk-caption-m", "nhsuk-caption-l", "nhsuk-caption-xl",
  "nhsuk-caption-xxl", "nhsuk-form-group--inline", "nhsuk-fieldset__legend--s", "nhsuk-fieldset__legend--xl",
  "nhsuk-label--s", "nhsuk-label--m", "nhsuk-label--xl", "nhsuk-input--code", "nhsuk-input--large",
  "nhsuk-input-wrapper", "nhsuk-input-wrapper__prefix", "nhsuk-input-wrapper__suffix", "nhsuk-input__wrapper",
  "nhsuk-input__prefix", "nhsuk-input__suffix", "nhsuk-input--width-2", "nhsuk-input--width-3",
  "nhsuk-input--width-4", "nhsuk-input--width-5", "nhsuk-input--width-10", "nhsuk-input--width-20",
  "nhsuk-input--width-30", "nhsuk-list--border", "nhsuk-list--tick", "nhsuk-list--cross",
  "nhsuk-expander-group", "nhsuk-card__content", "nhsuk-width-container-fluid",
  "nhsuk-u-visually-hidden-focusable", "nhsuk-details__summary-text", "nhsuk-summary-list--no-border",
  "nhsuk-summary-list--no-last-row-border", "nhsuk-summary-list__row--no-border",
  "nhsuk-summary-list__row--no-actions", "nhsuk-summary-list__actions-list",
  "nhsuk-summary-list__actions-list-item", "nhsuk-body", "nhsuk-body-m", "nhsuk-heading-xl", "nhsuk-heading-l",
  "nhsuk-heading-xs", "nhsuk-heading-xxs", "nhsuk-error-summary__title",
];
// The design system also names them inside :not() and :has(), and by the beginning of a class; and it styles
// elements that no editor of ours can write, and text right before a question.
const NEVER = `(?:\\b(?:code|kbd|samp|var|h5|h6)\\b(?!-)|:has\\(\\+ ?\\.nhsuk-f|\\.(?:${UNUSED.join("|")})(?![\\w-])|\\[class[\\^*]=nhsuk-(?:caption|u-)[\\w-]*\\])`;

/** Without selectors that match nothing on our pages, and without what excludes nothing from others. */
function pruned(text) {
  const excluded = new RegExp(`:not\\(${NEVER}\\)`, "g");
  const named = new RegExp(NEVER);
  return text.replace(/([^{}]+)\{([^{}]*)\}/g, (rule, list, body) => {
    if (/^\s*@/.test(list)) return rule;
    const used = list.replace(excluded, "").split(/,(?![^(]*\))/).filter((one) => !named.test(one));
    return used.length ? `${[...new Set(used)].join(",")}{${body}}` : "";
  });
}

function without(text, opening) {
  let at;
  while ((at = text.search(opening)) >= 0) {
    let end = text.indexOf("{", at) + 1;
    for (let depth = 1; depth; end++) depth += { "{": 1, "}": -1 }[text[end]] ?? 0;
    text = text.slice(0, at) + text.slice(end);
  }
  return text;
}

function compiled(name) {
  return sass.compile(join(here, "scss", name), {
    loadPaths: [join(here, "scss"), join(here, "node_modules/nhsuk-frontend/dist/nhsuk")],
    quietDeps: true,
  }).css;
}

// In a layer, so that a plain selector of ours always wins. Forced colours and print are ours too:
// the browser forces colours by itself, and printing an address after every link hides the text.
function vendor() {
  let text = compiled("vendor.scss");
  for (const opening of [/@media[^{]*forced-colors/, /@media print/, /@supports/]) {
    text = without(text, opening);
  }
  // A ring for those who move by keyboard; a click needs none.
  text = text.replace(/:focus(?![\w-])/g, ":focus-visible");
  for (const [from, to] of LOGICAL) text = text.replace(from, to);
  for (const [from, to] of Object.entries(PALETTE)) text = text.replaceAll(from, to);
  const { code } = transform({
    filename: "vendor.css", code: Buffer.from(text), targets, unusedSymbols: UNUSED, minify: true,
  });
  return `@layer vendor { ${pruned(code.toString())} }`;
}

/** `before` is what stands in front of it; any sheet but site.scss is asked for by the page that needs it. */
function css(name, before = "") {
  const text = `${before}\n${compiled(name)}`;
  return transform({ filename: "site.css", code: Buffer.from(text), minify: true, targets }).code;
}

function sources() {
  const names = readdirSync(here, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(here, join(entry.parentPath, entry.name)))
    .filter((name) => /^(scss|js)\/|^(build\.mjs|package\.json|package-lock\.json)$/.test(name))
    .sort();
  const hash = createHash("sha256");
  for (const name of names) hash.update(`${name}\0`).update(readFileSync(join(here, name))).update("\0");
  return hash.digest("hex");
}

async function build(out) {
  const code = css("site.scss", vendor());
  writeFileSync(join(out, "site.css"), code);
  writeFileSync(join(out, "education/practice.css"), css("education/practice.scss"));
  // A file that begins with _ is a part of others.
  const names = readdirSync(join(here, "js"), { recursive: true })
    .filter((name) => /(^|[/\\])[^_][^/\\]*\.js$/.test(name)).sort();
  const entryPoints = names.map((name) => join(here, "js", name));
  await esbuild.build({
    entryPoints, outdir: out, outbase: join(here, "js"), bundle: true, format: "esm", minify: true, target: "es2022",
    logLevel: "warning",
  });
  const built = ["site.css", "education/practice.css", ...names];
  const lines = built.map((name) => {
    const sum = createHash("sha256").update(readFileSync(join(out, name))).digest("hex");
    return `${sum}  ${name}\n`;
  });
  writeFileSync(join(out, "build.sha256"), `${sources()}  sources\n${lines.join("")}`);
  const size = gzipSync(code, { level: 9 }).length;
  console.log(`site.css ${code.length} bytes, ${size} gzipped`);
  if (size > BUDGET) throw new Error(`site.css is over its budget of ${BUDGET} bytes`);
}

await build(process.argv[2]);
