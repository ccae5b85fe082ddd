// The letters and flags of the milter protocol that we use (libmilter's mfdef.h).

/** What we tell a filter. */
export const tell = {
  negotiate: "O",
  macros: "D",
  connect: "C",
  hello: "H",
  mail: "M",
  recipient: "R",
  data: "T",
  field: "L",
  endOfHeader: "N",
  body: "B",
  endOfMessage: "E",
  quit: "Q",
} as const;

/** What a filter answers. */
export const answer = {
  negotiate: "O",
  go: "c",
  accept: "a",
  refuse: "r",
  later: "t",
  discard: "d",
  reply: "y",
  skip: "s",
  progress: "p",
  addField: "h",
  insertField: "i",
  changeField: "m",
} as const;

export const version = 6;
/** The first version in which filters hear of DATA. */
export const knowsData = 4;

/** The changes to messages that we offer to filters. Fields at the top are added. That others be changed
 * is heard and not done: they have gone their way when it is said, and a signature over them would
 * break; but OpenDKIM does not talk to whoever does not offer it. */
export const offeredChanges = 0x01 | 0x10;

/** What a filter does not want to hear of (first number), or hears without an answer (second). */
export const wishes: Readonly<Record<string, { readonly no: number; readonly mute: number }>> = {
  [tell.connect]: { no: 0x01, mute: 0x1000 },
  [tell.hello]: { no: 0x02, mute: 0x2000 },
  [tell.mail]: { no: 0x04, mute: 0x4000 },
  [tell.recipient]: { no: 0x08, mute: 0x8000 },
  [tell.body]: { no: 0x10, mute: 0x80000 },
  [tell.field]: { no: 0x20, mute: 0x80 },
  [tell.endOfHeader]: { no: 0x40, mute: 0x40000 },
  [tell.data]: { no: 0x200, mute: 0x10000 },
};

/** A filter may say that it needs no more of the body. */
const maySkip = 0x400;

/** All that a filter may wish from us. */
export const offered =
  Object.values(wishes).reduce((all, { no, mute }) => all | no | mute, 0) | maySkip;
