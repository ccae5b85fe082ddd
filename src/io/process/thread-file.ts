/** The program of a thread, in the file `name` beside the one that asks: in TypeScript or compiled, as
 * that one is.
 * @param here `import.meta.url` */
export function threadFile(here: string, name: string): URL {
  return new URL(here.endsWith(".ts") ? `${name}.ts` : `${name}.js`, here);
}
