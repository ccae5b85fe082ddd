// Signatures on their way out: those that a server makes, as mailauth and the other side see them, and
// what `bailiwick dns` says of the domain meanwhile.

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";
import { startDns } from "../support/dns.ts";
import { temporaryFolder, startBailiwick, runBailiwick } from "../support/server.ts";
