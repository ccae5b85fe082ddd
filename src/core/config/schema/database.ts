// Where a MySQL or MariaDB is that others write, and as whom to read it: the keys that all such
// sections share.

import type { z } from "zod";
import { type DatabaseUrl, databaseUrlExpected, readDatabaseUrl } from "../values/database-url.ts";
import { prose, text, word } from "./fields.ts";
import { variable } from "./password.ts";

const fileExpected = "the path of a file, such as /etc/bailiwick/vpopmail.secret";
interface DatabaseFields {
  readonly url: z.ZodType<DatabaseUrl, string>;
  readonly "password-file": z.ZodOptional<z.ZodType<string, string>>;
  readonly "password-variable": z.ZodOptional<z.ZodType<string, string>>;
}

/** @param rights what the database's user must be allowed to, and why no more, as sentences. */
export function databaseFields(rights: string): DatabaseFields {
  return {
    url: word(databaseUrlExpected, readDatabaseUrl).meta({
      title: "URL",
      description: prose(
        'The database, `"mysql://USER@HOST:PORT/DATABASE"`; the port is 3306 where none is written, and',
        "`?socket=/run/mysqld/mysqld.sock` behind it takes the server's Unix socket instead.",
        rights,
      ),
    }),
    "password-file": text(fileExpected)
      .optional()
      .meta({
        title: "path",
        description: prose(
          "The file with the database user's password on its one line. Nobody else may be able to read it",
          "(`chmod 0600`).",
        ),
      }),
    "password-variable": variable("VPOPMAIL_PASSWORD").optional().meta({
      title: "name",
      description: "The environment variable that holds that password, instead of a file.",
    }),
  };
}
