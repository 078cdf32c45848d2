/** What the tenant lists among an account's policies when its password never expires there. */
const neverExpires = 'DisablePasswordExpiration'

/** The account's policies with that one; all others stay as they are. */
export function withoutExpiry(policies: string | null): string {
  const listed = (policies ?? '').split(',').map((policy) => policy.trim())
  const kept = listed.filter((policy) => policy !== '' && !/^none$/i.test(policy))
  return kept.some((policy) => policy.toLowerCase() === neverExpires.toLowerCase())
    ? (policies ?? '')
    : [neverExpires, ...kept].join(', ')
}
