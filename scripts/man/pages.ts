// All manual pages of the packages.

import { readFile } from "node:fs/promises";
import { programHelp } from "../help/commands.ts";
import { commandPages, type ManualPage } from "./command-pages.ts";
import { configurationPage } from "./configuration-page.ts";
import { daemonPage } from "./daemon-page.ts";

export async function manualPages(): Promise<readonly ManualPage[]> {
  const version = await packageVersion();
  const program = await programHelp();
  const start = program.commands.find(({ words }) => words === "bailiwick start");
  if (start === undefined) throw new Error("there is no command to start the server");
  const commands = commandPages(program, version);
  return [...commands, configurationPage(version), daemonPage(start, version)];
}

async function packageVersion(): Promise<string> {
  const file = new URL("../../package.json", import.meta.url);
  const { version }: { version: string } = JSON.parse(await readFile(file, "utf8"));
  return version;
}
