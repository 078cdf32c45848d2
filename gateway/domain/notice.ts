/** Something that the administrators hear of by mail. */
export type Notice = {
  kind: string
  subject: string
  /** Sentences: what is the matter, and what to do. */
  lines: readonly string[]
  /** Path of the page where it is mended. */
  link: string
}
