// Who we are to smart hosts: passwords and access tokens, and what became of our logins.

import { randomBytes } from "node:crypto";
import type { SecureContext } from "node:tls";
import type { HostLogin, OauthClient } from "../../core/config/transport-settings.ts";
import { formatHosts } from "../../core/config/values/next-hosts.ts";
import type { Said } from "../../core/queue/outcome.ts";
import { bad, good, type Result } from "../../core/result.ts";
import type { ClientSasl } from "../../core/sasl/client/context.ts";
import { saslCryptography } from "../../io/password/sasl-cryptography.ts";
import { readSecret } from "../../io/process/secret.ts";
import { writeSecret } from "../../io/process/write-secret.ts";
import { requestToken } from "../../io/tokens/request-token.ts";
import { AccessTokens } from "../../server/delivery/access-tokens.ts";
import type { Outcome } from "../../server/delivery/job.ts";
import { createLoginPauses } from "../../server/delivery/login-pauses.ts";
import { type Target, targetKey } from "../../server/delivery/target.ts";
import type { Log } from "../../server/log.ts";

export interface HostLoginOptions {
  readonly log: Log;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  /** Who may vouch for what hands out tokens. */
  readonly authorities: () => Promise<SecureContext>;
}

interface LoginAtHost {
  readonly credentials: ClientSasl;
  readonly onLogin: (refusal: Said | undefined) => void;
}

/** The problem is why the host is not worth a try now. */
type LoginTo = (
  target: Extract<Target, { kind: "via" }>,
  login: HostLogin,
) => Promise<Result<LoginAtHost, Outcome>>;

interface Secret extends Pick<ClientSasl, "password" | "source"> {
  /** What a refusal is remembered for: it says nothing of another one. */
  readonly remembered: string;
  readonly onRefused?: () => void;
}

export function createHostLogins(options: HostLoginOptions): LoginTo {
  const { log, elapsed } = options;
  const pauses = createLoginPauses(elapsed);
  const ports = saslCryptography(() => randomBytes(24).toString("base64url"));
  const tokens = new Map<string, AccessTokens>();

  async function secretOf(login: HostLogin): Promise<Result<Secret, Outcome>> {
    if ("oauth2" in login) return tokenOf(login.oauth2);
    const password = await readSecret(login.password, process.env);
    if (!password.ok) return bad(temporary("4.3.5", password.problem));
    return good({ password: password.value, remembered: password.value });
  }

  async function tokenOf(client: OauthClient): Promise<Result<Secret, Outcome>> {
    const key = JSON.stringify(client);
    let source = tokens.get(key);
    if (source === undefined) {
      source = openTokens(client, options);
      tokens.set(key, source);
    }
    const found = await source.current();
    if (!found.ok) return bad(temporary("4.7.0", found.problem));
    const { token, credentials } = found.value;
    const onRefused = () => source.refused(token);
    return good({ password: token, source: "token", remembered: credentials, onRefused });
  }

  return async (target, login) => {
    const secret = await secretOf(login);
    if (!secret.ok) return secret;
    const { password, source, remembered, onRefused } = secret.value;
    const key = targetKey(target);
    const whyNot = pauses.whyNot(key, remembered);
    if (whyNot !== undefined) return bad(temporary("4.7.8", whyNot));
    return good({
      credentials: { ports, user: login.user, password, ...(source && { source }) },
      onLogin(refusal) {
        if (refusal === undefined) return pauses.accepted(key);
        pauses.refused(key, remembered, refusal.text);
        onRefused?.();
        const fields = { host: formatHosts(target.hosts), user: login.user, said: refusal.text };
        log.error({ event: "login-refused", ...fields }, "a smart host refused our login");
      },
    });
  };
}

/** Tokens of one client, for all routes that name it. */
function openTokens(
  client: OauthClient,
  { log, elapsed, authorities }: HostLoginOptions,
): AccessTokens {
  const { clientSecret, refreshTokenFile } = client;
  return new AccessTokens({
    async credentials() {
      const secret = clientSecret && (await readSecret(clientSecret, process.env));
      if (secret?.ok === false) return secret;
      const refresh =
        refreshTokenFile === undefined
          ? undefined
          : await readSecret({ file: refreshTokenFile }, process.env);
      if (refresh?.ok === false) return refresh;
      return good({
        ...(secret && { clientSecret: secret.value }),
        ...(refresh && { refreshToken: refresh.value }),
      });
    },
    request: async (credentials) =>
      requestToken(client, credentials, { authorities: await authorities() }),
    async keep(refreshToken) {
      // Without a file of its own, nobody wants one.
      if (refreshTokenFile === undefined) return good(undefined);
      const written = await writeSecret(refreshTokenFile, refreshToken);
      if (written.ok) return written;
      return bad(
        `the new refresh token could not be written to ${refreshTokenFile}, and is lost with the next restart: ${written.problem}`,
      );
    },
    onProblem: (said) =>
      log.error(
        { event: "token-failed", client: client.clientId, said },
        "no access token, or none that lasts",
      ),
    elapsed,
  });
}

function temporary(status: string, text: string): Outcome {
  return { kind: "temporary", said: { status, text, remote: false } };
}
