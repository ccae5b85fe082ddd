// What the store does for operators: the contract for the server, free of any engine.

export interface Operator {
  readonly name: string;
  /** UTC milliseconds. */
  readonly createdAt: number;
}

export interface OperatorStore {
  /** @param password PHC string. */
  add(operator: Operator, password: string): Promise<"added" | "exists">;
  /** The PHC string of an operator's password; undefined where there is no such operator. */
  passwordOf(name: string): Promise<string | undefined>;
  /** Ordered by name. */
  list(): Promise<readonly Operator[]>;
  /** Ends the operator's page sessions as well, but for the one with the digest `except`. False where
   * there is no such operator. */
  setPassword(name: string, password: string, except?: string): Promise<boolean>;
  /** With the operator's page sessions. False where there is none. */
  remove(name: string): Promise<boolean>;
}
