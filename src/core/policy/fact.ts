// A fact that had to be looked up: it is known, or it could not be found out. The type makes sure
// that nobody forgets the second case.

export type Fact<Value> =
  | { readonly known: true; readonly value: Value }
  /** `why` is for the operator, in a few words: `the store did not answer`. */
  | { readonly known: false; readonly why: string };

export function known<Value>(value: Value): Fact<Value> {
  return { known: true, value };
}

export function unknown(why: string): Fact<never> {
  return { known: false, why };
}
