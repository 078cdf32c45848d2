import type { PreflightCheck } from '@lockstep/shared/contract/connection'

/** What DNS says of the domain that our mails come from; null where it did not answer. */
export type SenderRecords = {
  domain: string
  mx: readonly string[] | null
  spf: readonly string[] | null
  /** Selectors, among the usual ones, that have a key. */
  dkim: readonly string[] | null
  /** Of the domain, or of the nearest one above it that has them. */
  dmarc: readonly string[] | null
}

export type SenderAdvice = { record: 'MX' | 'SPF' | 'DKIM' | 'DMARC'; ok: boolean; detail: string; remedy: string }

/** Record by record, for whoever sets up the sender. */
export function senderAdvice({ domain, mx, spf, dkim, dmarc }: SenderRecords): SenderAdvice[] {
  const about = (
    record: SenderAdvice['record'],
    found: readonly string[] | null,
    judge: (found: readonly string[]) => string | null,
  ): SenderAdvice => {
    if (found === null)
      return { record, ok: false, detail: `DNS did not answer about ${domain}`, remedy: 'Check the name servers.' }
    const remedy = judge(found)
    const detail = found.length === 0 ? `none for ${domain}` : found.join(', ')
    return { record, ok: remedy === null, detail, remedy: remedy ?? '' }
  }
  return [
    about('MX', mx, ({ length }) => (length > 0 ? null : 'Without a mail server, nobody can answer or return a mail.')),
    about('SPF', spf, ({ length }) => {
      if (length === 1) return null
      return length === 0
        ? 'Add the SPF record that your mail provider names.'
        : 'Leave one SPF record: with several, none counts.'
    }),
    about('DKIM', dkim, ({ length }) =>
      length > 0 ? null : 'No key under the usual selectors. Switch DKIM on at your mail provider, if it is not.',
    ),
    about('DMARC', dmarc, (found) => {
      if (found.length === 0) return `Add a TXT record _dmarc.${domain} that begins with "v=DMARC1; p=".`
      return found.length === 1 ? null : 'Leave one DMARC record: with several, none counts.'
    }),
  ]
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
