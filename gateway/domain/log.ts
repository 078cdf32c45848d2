/** One line of the log: a constant message and what belongs to it. Never a secret. */
export type Log = (line: { msg: string } & Record<string, unknown>) => void
