import type { PreflightCheck } from '@lockstep/shared/contract/connection'

/** What DNS says of the domain that our mails come from; null where it did not answer. */
export type SenderRecords = {
  domain: string
  mx: readonly string[] | null
  spf: readonly string[] | null
  /** Selectors, among the usual ones, that have a key. */
  dkim: readonly string[] | null
}

/** Informs, and stands in nobody's way: mails are a matter of the operator, not of the tenant. */
export function senderCheck({ domain, mx, spf, dkim }: SenderRecords): PreflightCheck {
  const check = { check: 'mail_records', level: 'warning' } as const
  if (mx === null || spf === null || dkim === null)
    return {
      ...check,
      ok: false,
      detail: `DNS did not answer about ${domain}, where the mails of Lockstep come from.`,
      remedy: 'Check the name servers of this machine, then look again.',
    }
  const lacks = [
    ...(mx.length === 0 ? ['no mail server (MX)'] : []),
    ...(spf.length === 0 ? ['no SPF record'] : spf.length > 1 ? [`${spf.length} SPF records, where one may be`] : []),
  ]
  const keys = dkim.length === 0 ? 'no DKIM key under the usual selectors' : `a DKIM key (${dkim.join(', ')})`
  if (lacks.length === 0)
    return {
      ...check,
      ok: true,
      detail: `${domain} has mail servers (${mx.join(', ')}), an SPF record and ${keys}.`,
      remedy: null,
    }
  return {
    ...check,
    ok: false,
    detail: `Mails of Lockstep may end as junk: ${domain} has ${[...lacks, keys].join(', ')}.`,
    remedy: 'Add the records that your mail provider names at the DNS of this domain, or send from another one.',
  }
}
