// What ends `bailiwick sendmail`, with the exit codes of sysexits.h that its callers look at.

export const sysexits = {
  usage: 64,
  data: 65,
  noUser: 67,
  unavailable: 69,
  tryLater: 75,
  configuration: 78,
} as const;

export class SendmailProblem extends Error {
  override readonly name = "SendmailProblem";
  readonly exit: keyof typeof sysexits;

  constructor(exit: keyof typeof sysexits, text: string) {
    super(text);
    this.exit = exit;
  }
}
