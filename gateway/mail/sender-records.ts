import { Resolver } from 'node:dns/promises'
import type { SenderRecords } from '../domain/sender-records.ts'

type Dns = {
  resolveMx(name: string): Promise<{ exchange: string; priority: number }[]>
  resolveTxt(name: string): Promise<string[][]>
}

/** Selectors that large providers use; a domain may have others, which nobody can list. */
const selectors = ['selector1', 'selector2', 'default', 'google', 'dkim', 'mail', 'k1', 's1', 's2']
/** A person waits for it. */
const timeoutMs = 1_500

/** How to ask about the domain of a sender; undefined for one that is of this machine alone. */
export function senderRecordsOf(from: string): (() => Promise<SenderRecords>) | undefined {
  const domain = from.slice(from.lastIndexOf('@') + 1).toLowerCase()
  if (!domain.includes('.')) return undefined
  return () => readSenderRecords(domain, new Resolver({ timeout: timeoutMs, tries: 1 }))
}

export async function readSenderRecords(domain: string, dns: Dns): Promise<SenderRecords> {
  const texts = async (name: string) =>
    (await answered(() => dns.resolveTxt(name)))?.map((parts) => parts.join('')) ?? null
  const [mx, spf, dmarc, ...keys] = await Promise.all([
    answered(() => dns.resolveMx(domain)),
    texts(domain),
    policyOf(domain, texts),
    ...selectors.map((selector) => texts(`${selector}._domainkey.${domain}`)),
  ])
  const found = selectors.filter((_, at) => keys[at]?.some((text) => /\bp=[^;\s]/.test(text)))
  return {
    domain,
    mx: mx?.sort((a, b) => a.priority - b.priority).map(({ exchange }) => exchange) ?? null,
    spf: spf?.filter((text) => /^v=spf1(\s|$)/i.test(text)) ?? null,
    dkim: found.length === 0 && keys.includes(null) ? null : found,
    dmarc,
  }
}

/** A domain without a policy of its own has that of the nearest one above it. */
async function policyOf(domain: string, texts: (name: string) => Promise<string[] | null>): Promise<string[] | null> {
  const labels = domain.split('.')
  for (let from = 0; from <= labels.length - 2; from++) {
    const found = await texts(`_dmarc.${labels.slice(from).join('.')}`)
    const policies = found?.filter((text) => /^v=DMARC1\s*;/i.test(text)) ?? null
    if (policies === null || policies.length > 0) return policies
  }
  return []
}

/** Nothing under a name is an answer, too; null: none came. */
async function answered<T>(ask: () => Promise<T[]>): Promise<T[] | null> {
  try {
    return await ask()
  } catch (error) {
    const { code } = error as { code?: unknown }
    return code === 'ENODATA' || code === 'ENOTFOUND' ? [] : null
  }
}
