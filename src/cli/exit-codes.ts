/** What the process tells its caller. 2 is left to shells, which use it for their own complaints. */
export const ExitCode = {
  ok: 0,
  /** Wrong usage, or something unexpected. */
  failure: 1,
  /** The server wants a token, or refuses the one it got. */
  authentication: 3,
  /** Nobody answers: wrong address, no server, no storage. */
  unreachable: 4,
  /** The tool or the server answered with an error. */
  errorAnswer: 5,
  /** Ctrl-C, as shells count it: 128 and the number of SIGINT. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
