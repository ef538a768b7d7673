/** What a command returns; docs/cli.md has the same table. */
export const exitCodes = {
  /** It did what was asked. */
  ok: 0,
  /** The tree has problems, or something failed. */
  failed: 1,
  /** The command line is not valid. */
  usage: 2,
  /** Ctrl-C. */
  interrupted: 130
} as const
