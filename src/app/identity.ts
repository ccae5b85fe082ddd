// Who the program is: the user that it becomes, and the data folder that must be that user's.

import { errorText } from "../core/error-text.ts";
import type { Settings } from "../core/config/settings.ts";
import { becomeUser, prepareDataFolder } from "../io/process/privileges.ts";
import { ConfigurationError } from "./errors.ts";

export interface Identity {
  /** Gives root's rights up, if the program has them and the configuration names a user. */
  assume(): void;
}

/** Prepares the data folder for the user that the program will be.
 * @throws {ConfigurationError} with what to do. */
export async function prepareIdentity({ data, user }: Settings): Promise<Identity> {
  try {
    await prepareDataFolder(data, user);
  } catch (error) {
    throw asConfigurationError(error);
  }
  return {
    assume() {
      try {
        if (user !== undefined) becomeUser(user);
      } catch (error) {
        throw asConfigurationError(error);
      }
    },
  };
}

function asConfigurationError(error: unknown): ConfigurationError {
  const text = errorText(error);
  return new ConfigurationError(text, { cause: error });
}
