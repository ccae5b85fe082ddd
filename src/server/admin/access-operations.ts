// The operator's acts on who may administer: operators, tokens of the API, and the audit log.

import type { Store } from "../../io/store/store.ts";
import { isScope, scopeNames } from "./access/scopes.ts";
import { isOperatorName, operatorNameExpected } from "./operator-name.ts";
import { type AccessOperations, MissingError, OperationError } from "./operations.ts";

export interface AccessOptions {
  readonly store: Pick<Store, "operators" | "apiTokens" | "audit">;
  /** UTC milliseconds. */
  readonly now: () => number;
  /** A new, short id. */
  readonly newId: () => string;
}

export function createAccessOperations({ store, now, newId }: AccessOptions): AccessOperations {
  const { operators, apiTokens, audit } = store;
  return {
    async operatorAdd(name, password) {
      if (!isOperatorName(name)) {
        throw new OperationError(`an operator's name is ${operatorNameExpected}`);
      }
      if ((await operators.add({ name, createdAt: now() }, password)) === "added") return;
      throw new OperationError(
        `there is an operator ${name} already; for another password: bailiwick operator password ${name}`,
      );
    },
    operatorList: () => operators.list(),
    async operatorSetPassword(name, password, except) {
      if (await operators.setPassword(name, password, except ?? undefined)) return;
      throw noOperator(name);
    },
    async operatorRemove(name) {
      if (await operators.remove(name)) return;
      throw noOperator(name);
    },

    async tokenAdd({ name, scopes, digest, length }) {
      const unknown = scopes.find((scope) => !isScope(scope));
      if (scopes.length === 0 || unknown !== undefined) {
        const what =
          unknown === undefined ? "a token needs a scope" : `there is no scope ${unknown}`;
        throw new OperationError(`${what}; scopes are ${scopeNames.join(", ")}`);
      }
      const createdAt = now();
      const expiry = length === null ? {} : { expiresAt: createdAt + length };
      const token = { id: newId(), name, scopes: [...new Set(scopes)], createdAt, ...expiry };
      if ((await apiTokens.add(token, digest)) === "added") return token;
      throw new OperationError(`there is a token named "${name}" already; take another name`);
    },
    tokenList: () => apiTokens.list(),
    async tokenRemove(id) {
      if (await apiTokens.remove(id)) return;
      throw new MissingError(`there is no token ${id}; see: bailiwick token list`);
    },

    auditList: (filter, limit) => audit.list(filter, limit),
  };
}

function noOperator(name: string): MissingError {
  return new MissingError(`there is no operator ${name}; see: bailiwick operator list`);
}
