// The old mailboxes' way to their new places, as a shell script that the operator reads before it runs.

import type { DraftAccount } from "./accounts.ts";

export interface MovePlan {
  readonly accounts: readonly DraftAccount[];
  /** Where a path of the installation lies on this host. */
  readonly realPath: (installed: string) => string;
  /** The data folder. */
  readonly data: string;
}

const head = `#!/bin/sh
# sh maildirs.sh [DATA]
# Moves the mailboxes of an old installation to where Bailiwick looks for them. Stop both servers, read
# this, and run it as root; run it again if it was interrupted. What has arrived in the new place
# meanwhile stays there.
set -eu
umask 077
`;

const functions = `
if [ ! -d "$data" ]; then
  echo "there is no $data yet; import the accounts first: bailiwick account import" >&2
  exit 1
fi

# take MAILDIR MAILBOX
take() {
  if [ ! -d "$1" ]; then
    echo "not there (moved already?): $1"
  elif [ -e "$2" ]; then
    join "$1" "$2"
    echo "joined with the mail that had arrived: $2"
  else
    mkdir -p "\${2%/*}"
    move "$1" "$2"
  fi
}

# Whole or not at all, from another file system as well.
move() {
  if [ "$(stat -c %d "$1")" = "$(stat -c %d "\${2%/*}")" ]; then
    mv "$1" "$2"
  else
    rm -rf "$2.moving"
    cp -a "$1" "$2.moving"
    mv "$2.moving" "$2"
    rm -rf "$1"
  fi
}

# Both have messages, whose files have names of their own.
join() {
  mkdir -p "$2/new" "$2/cur" "$2/tmp"
  for part in new cur; do
    if [ -d "$1/$part" ]; then
      find "$1/$part" -type f -exec sh -c '
        name=\${1##*/}
        if [ ! -e "$2/$3/$name" ]; then cp -p "$1" "$2/tmp/$name" && mv "$2/tmp/$name" "$2/$3/$name"; fi
        if [ -e "$2/$3/$name" ]; then rm "$1"; fi' sh {} "$2" "$part" \\;
    fi
  done
  for folder in "$1"/.[!.]*; do
    if [ ! -d "$folder" ]; then continue; fi
    if [ -e "$2/\${folder##*/}" ]; then join "$folder" "$2/\${folder##*/}"
    else move "$folder" "$2/\${folder##*/}"; fi
  done
}
`;

const tail = `
# The user that the server works as (\`user\` in the configuration) must own all of it.
owner=$(stat -c %u:%g "$data")
chown -R "$owner" "$data/mail"
chmod -R u+rwX,go-rwx "$data/mail"
`;

export function writeMoves({ accounts, realPath, data }: MovePlan): string {
  const moves = accounts.flatMap(({ name, maildir }) => {
    if (maildir === undefined) return [];
    const at = name.lastIndexOf("@");
    const mailbox = `${name.slice(at + 1)}/${name.slice(0, at)}`;
    return [`take ${quoted(realPath(maildir))} "$data"/mail/${quoted(mailbox)}\n`];
  });
  if (moves.length === 0) return "";
  return `${head}\ndata=\${1:-${quoted(data)}}\n${functions}\n${moves.join("")}${tail}`;
}

/** One word of the shell's, whatever is in it. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
