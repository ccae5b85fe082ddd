// `store`: where messages, accounts and all else are kept.

import { readStoreUrl, storeExpected } from "../values/store-url.ts";
import { prose, text, word } from "./fields.ts";
import { variable } from "./password.ts";

export const store = word(storeExpected, readStoreUrl)
  .prefault("sqlite")
  .meta({
    title: "sqlite, or a URL",
    description: prose(
      "Where messages, accounts and all else are kept. `sqlite`: in a file below `data`, with nothing to",
      "install or run beside this program. `mysql://USER@HOST:PORT/DATABASE`: in a database of MariaDB",
      "or MySQL, which several hosts may share (docs/store.md); the port is 3306 where none is written.",
      "Behind it, `?socket=/run/mysqld/mysqld.sock` takes the server's Unix socket instead, and",
      "`?tls=verify` asks for TLS with a certificate for that host; `&ca=PATH` names the authority that",
      "signed it, where it is none that all know. A password may stand behind USER and a colon (with",
      "%25 for % and so on), but a file of its own is better: `store-password-file`.",
    ),
  });

const fileExpected = "the path of a file, such as /etc/bailiwick/store.secret";

export const storePasswordFile = text(fileExpected)
  .optional()
  .meta({
    title: "path",
    description: prose(
      "The file with the password of the database's user, on its one line. Nobody else may be able to",
      "read it (`chmod 0600`).",
    ),
  });

export const storePasswordVariable = variable("BAILIWICK_STORE_PASSWORD").optional().meta({
  title: "name",
  description: "The environment variable that holds that password, instead of a file.",
});
