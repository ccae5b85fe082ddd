// What the store does for secrets that no operator chooses: the contract for the server, free of any
// engine.

/** `return-paths`: under which senders of forwarded mail are packed into addresses of ours. */
export type SecretName = "return-paths";

export interface SecretStore {
  /** The secret of that name, the same for all hosts of the store and for ever.
   * @param fresh becomes it where there is none yet */
  settle(name: SecretName, fresh: string): Promise<string>;
}
