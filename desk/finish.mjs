// Writes the digest of the sources beside the build, so that a test can see a build that is stale.
// The same rule stands in tests/desk/test_build.py.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const sources = [
  "index.html", "package-lock.json", "package.json", "tsconfig.json", "vite.config.ts",
  ...readdirSync("src", { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll("\\", "/")),
].sort();
const digest = createHash("sha256");
for (const path of sources) {
  digest.update(`${path}\0`);
  digest.update(readFileSync(path));
  digest.update("\0");
}
writeFileSync("../src/protolabel/service/page/sources.sha256", `${digest.digest("hex")}\n`);

// What is built in keeps its licences.
const { dependencies } = JSON.parse(readFileSync("package.json", "utf8"));
const notices = Object.keys(dependencies).sort().map((name) => {
  const folder = `node_modules/${name}`;
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  return `${name}\n\n${readFileSync(`${folder}/${file}`, "utf8").trim()}\n`;
});
writeFileSync("../src/protolabel/service/page/licences.txt", notices.join(`\n${"-".repeat(80)}\n\n`));
