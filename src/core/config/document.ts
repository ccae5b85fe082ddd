// From the text of a configuration file to its values: one YAML document with a mapping in it.

import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLError,
} from "yaml";
import { bad, good, type Result } from "../result.ts";
import {
  aliasRefused,
  type Located,
  positionAt,
  tooDeep,
  TreeBuilder,
  type TreeProblem,
} from "./tree.ts";

/** After so many, the rest is a consequence of the first, or the file is something else altogether. */
const mostProblems = 20;

// oxlint-disable-next-line no-control-regex -- all but tab, line feed and carriage return
const controlCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** Reads a configuration's text. The problems are the first few, in the file's order. */
export function readDocument(text: string): Result<Located, readonly TreeProblem[]> {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // The tree's builder finds repeated keys, and says where the first one stands.
    uniqueKeys: false,
  });
  const at = (offset: number, problem: string): TreeProblem => {
    return { position: positionAt(lines, offset), path: [], text: problem };
  };
  const control = controlCharacter.exec(text);
  if (control !== null) return bad([at(control.index, explainControl(control[0]))]);
  if (document.errors.length > 0) {
    // A second error at the same place is a consequence of the first.
    const errors = document.errors
      .filter(({ pos }, index, all) => pos[0] !== all[index - 1]?.pos[0])
      .slice(0, mostProblems);
    return bad(errors.map((error) => at(error.pos[0], explainSyntax(error))));
  }
  const { contents } = document;
  if (!isMap(contents)) return bad([at(contents?.range[0] ?? 0, explainContents(contents))]);
  const builder = new TreeBuilder(lines);
  const root = builder.build(contents, []);
  return builder.problems.length === 0 ? good(root) : bad(builder.problems.slice(0, mostProblems));
}

function explainControl(character: string): string {
  const number = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  return `here is the control character U+${number}; a configuration is plain text`;
}

function explainSyntax({ code, message }: YAMLError): string {
  switch (code) {
    case "BAD_ALIAS":
      return aliasRefused;
    case "RESOURCE_EXHAUSTION":
      return tooDeep;
    case "TAB_AS_INDENT":
      return "a tab indents this line; use spaces";
    case "MULTIPLE_DOCS":
      return "a second document begins here; take the `---` out, a configuration is one document";
    default:
      return `this is not valid YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
  }
}

function explainContents(contents: Node | null): string {
  const advice = "write keys with values, at least `hostname: mail.example.org`";
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    return `the file is empty; ${advice}`;
  }
  return `the file holds a ${isSeq(contents) ? "list" : "single value"}; ${advice}`;
}
