/** What a signature has to survive: folded fields, spaces, dots, and more than ASCII. */
export function letter(from: string, to: string): string {
  return [
    `From: Someone <${from}>`,
    `To: <${to}>`,
    "Subject: Interop,",
    "  folded  twice",
    `Message-ID: <${Math.random()}@client.example>`,
    "Date: Thu, 26 Nov 2026 12:00:00 +0000",
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: 8bit",
    "",
    "Grüße ,  with  spaces ",
    ".",
    "..and dots",
    "",
    "",
  ].join("\r\n");
}
