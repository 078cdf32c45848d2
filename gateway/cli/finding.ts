/** What `lockstep doctor` says of one thing. What is fine may still have something better. */
export type Finding = { check: string; ok: boolean; detail: string; remedy: string }

export const fine = (check: string, detail: string, better = ''): Finding => ({
  check,
  ok: true,
  detail,
  remedy: better,
})
export const bad = (check: string, detail: string, remedy: string): Finding => ({ check, ok: false, detail, remedy })
