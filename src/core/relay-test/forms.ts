// The classic forms of address by which open relays have been found and used. Each is written as the
// field writes it: v@X is an address elsewhere, H the server's name, I its address, U@L a mailbox of
// its own; a is a name that we make up (names.ts puts the values in).

/** A sender; a form is its own name. */
export type SenderForm = string;

export interface RecipientForm {
  /** Its name, too. */
  readonly form: string;
  /** A mailbox that is not there, at the place where this form is one by the letter of RFC 5321.
   * A server that refuses the one and takes the other has read the local part as a way to X. Absent
   * where the form leads to X by the letter. */
  readonly control?: string;
}

export const senderForms: readonly SenderForm[] = [
  "<a@X>",
  "<>",
  "<v@X>",
  "<U@L>",
  "<a@H>",
  "<a@[I]>",
  "<postmaster@H>",
  "<a@localhost>",
  "<a>",
  "a@X",
  "<X!a>",
  "<a%X@H>",
  "<@H:a@X>",
];

/** The forms that lead to X by the letter come first: theirs are the plainest holes. */
export const recipientForms: readonly RecipientForm[] = [
  { form: "<v@X>" },
  { form: "v@X" },
  { form: "<@H:v@X>" },
  { form: "<@[I]:v@X>" },
  { form: "<@L:v@X>" },
  { form: "<@localhost:v@X>" },
  ...at("<n@H>", "<v%X@H>", "<v@X@H>", '<"v@X"@H>', '<"v%X"@H>', "<X!v@H>"),
  ...at("<n@[I]>", "<v%X@[I]>", "<v@X@[I]>", '<"v@X"@[I]>', "<X!v@[I]>"),
  ...at("<n@L>", "<v%X@L>", "<v@X@L>", '<"v@X"@L>', "<X!v@L>"),
  ...at("<n@localhost>", "<v%X@localhost>"),
  ...at("<n>", '<"v@X">', '<"v%X">', "<v%X>", "<X!v>"),
  ...at("<n@>", "<v%X@>", "<v@X@>"),
];

function at(control: string, ...forms: readonly string[]): readonly RecipientForm[] {
  return forms.map((form) => ({ form, control }));
}
