// Compiles src/clearcount.scss into the package's static folder; `--check` compares instead of writing.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "../../src/clearcount_web/ground/static/ground/clearcount.css");
const { css } = sass.compile(join(here, "src/clearcount.scss"), {
  loadPaths: [join(here, "node_modules")],
  style: "compressed",
  quietDeps: true,
});
const notice =
  "/*! clearcount. Contains GOV.UK Frontend 6.6.0, copyright Crown, MIT licence (see govuk-frontend.LICENSE). */\n";
const built = notice + css + "\n";

for (const forbidden of ["GDS Transport", "crest", "@use"]) {
  if (built.includes(forbidden)) throw new Error(`the stylesheet must not contain "${forbidden}"`);
}
if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== built) {
    console.error(`${target} is not what src/ compiles to; run: npm run build`);
    process.exit(1);
  }
  console.log(`${target}: ${built.length} characters, as built`);
} else {
  writeFileSync(target, built);
  console.log(`${target}: ${built.length} characters written`);
}
