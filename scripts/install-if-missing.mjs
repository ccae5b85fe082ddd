// Runs before `npm start` and `npm test`, on whatever Node the machine has:
// a fresh clone has no node_modules yet, and the pinned Node comes from there.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const installed = "node_modules/.package-lock.json";

function isCurrent() {
  if (!existsSync(installed) || !existsSync("node_modules/.bin/node")) return false;
  const wanted = JSON.parse(readFileSync("package-lock.json", "utf8")).packages;
  const present = JSON.parse(readFileSync(installed, "utf8")).packages;
  return Object.entries(present).every(([path, { version }]) => wanted[path]?.version === version);
}

if (!isCurrent()) {
  process.stderr.write("Installing the packages that package-lock.json names (once)...\n");
  const { status } = spawnSync("npm", ["install", "--no-fund", "--no-audit", "--loglevel=error"], {
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (status !== 0) process.stderr.write("npm install failed: see the message above.\n");
  process.exitCode = status ?? 1;
}
