// What the page says of who may relay: from the policy that is served and its proof.

import type { IpVersion } from "../../../../core/mail/ip-number.ts";
import { type Admission, admittedTo } from "../../../../core/policy/proof/admitted.ts";
import { describeTotal } from "../../../../core/policy/proof/describe.ts";
import type { Finding } from "../../../../core/policy/proof/finding.ts";
import {
  type AdmittedLine,
  AdmittedLines,
  type ProvenPolicy,
} from "../../../../core/policy/proof/map/admitted-lines.ts";
import { type Colours, coloursOf, drawView } from "../../../../core/policy/proof/map/draw-view.ts";
import {
  lookInto,
  nameOf,
  type View,
  type ViewContent,
} from "../../../../core/policy/proof/map/view.ts";
import { roles } from "../../../../core/policy/proof/situations.ts";
import { isEmpty } from "../../../../core/policy/proof/space.ts";
import type { RelayRole } from "../../../../core/policy/request.ts";
import { urlOfSquare } from "./relay-links.ts";

interface RoleInWords {
  readonly role: RelayRole;
  readonly lines: number;
  /** Undefined where nobody relays by address. */
  readonly total: string | undefined;
}

export interface RelayFacts {
  roles(): readonly RoleInWords[];
  readonly findings: readonly Finding[];
  /** One of the lines that admit IPv4 addresses. */
  line(line: number): AdmittedLine | undefined;
  /** A part of the map; the same one is drawn once. */
  look(view: View): DrawnView;
  /** Of the lines that admit IPv6 addresses, those from one on. */
  ofVersion6(from: number, most: number): LinesShown;
}

export interface DrawnView {
  readonly content: ViewContent;
  readonly colours: Colours;
  /** The text of an SVG element. */
  readonly svg: string;
  lines(from: number, most: number): LinesShown;
}

export interface LinesShown {
  readonly lines: readonly AdmittedLine[];
  readonly from: number;
  readonly total: number;
}

/** Views that are remembered: a picture of the whole takes a while where there are many lines. */
const remembered = 64;

/** The id of what says what the map shows. */
export const mapLabel = "map-label";

export function createRelayFacts(proven: ProvenPolicy): RelayFacts {
  const lines = new AdmittedLines(proven);
  const { admissions } = lines;
  let sixes: readonly number[] | undefined;
  let inWords: readonly RoleInWords[] | undefined;
  const drawn = new Map<string, DrawnView>();

  function shown(
    all: readonly number[],
    version: IpVersion,
    from: number,
    most: number,
  ): LinesShown {
    const some = all.slice(from, from + most);
    return {
      lines: some.flatMap((line) => lines.describe(line, version) ?? []),
      from,
      total: all.length,
    };
  }

  function draw(view: View): DrawnView {
    const content = lookInto(lines.index, view);
    const colours = coloursOf(content.lines);
    const svg = drawView(content, { colours, href: urlOfSquare, labelledBy: mapLabel });
    const numbers = content.lines.map(({ line }) => line);
    return { content, colours, svg, lines: (from, most) => shown(numbers, 4, from, most) };
  }

  return {
    roles() {
      inWords ??= roles.map((role) => describeRole(role, admissions));
      return inWords;
    },
    findings: proven.proof.findings,
    line: (line) => lines.describe(line, 4),
    look(view) {
      const name = nameOf(view);
      const before = drawn.get(name);
      if (before !== undefined) return before;
      const [oldest] = drawn.keys();
      if (drawn.size >= remembered && oldest !== undefined) drawn.delete(oldest);
      const now = draw(view);
      drawn.set(name, now);
      return now;
    },
    ofVersion6(from, most) {
      sixes ??= admissions.flatMap(({ space }, line) => (space[6].length > 0 ? [line] : []));
      return shown(sixes, 6, from, most);
    },
  };
}

function describeRole(role: RelayRole, admissions: readonly Admission[]): RoleInWords {
  const space = admittedTo(admissions, role);
  return {
    role,
    lines: admissions.filter((each) => each.role === role).length,
    total: isEmpty(space) ? undefined : describeTotal(space),
  };
}
