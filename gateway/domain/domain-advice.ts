/** How many letters may be wrong, missing or too many for a domain to be taken for a misspelt one. */
const mostSlips = 2

/** The domain that was most likely meant; null when none comes near and there are several to choose from. */
export function likelyDomain(given: string, known: readonly string[]): string | null {
  const named = known.filter((domain) => firstLabel(domain) === firstLabel(given))
  if (named.length === 1) return named[0] ?? null
  const near = known
    .map((domain) => ({ domain, slips: slipsBetween(given, domain) }))
    .filter(({ slips }) => slips <= mostSlips)
    .sort((a, b) => a.slips - b.slips)
  return near[0]?.domain ?? (known.length === 1 ? (known[0] ?? null) : null)
}

const firstLabel = (domain: string) => domain.split('.')[0]

/** Levenshtein's distance. */
function slipsBetween(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (const [row, letter] of [...a].entries()) {
    const now = [row + 1]
    for (const [column, other] of [...b].entries())
      now.push(
        Math.min(
          (before[column + 1] ?? 0) + 1,
          (now[column] ?? 0) + 1,
          (before[column] ?? 0) + (letter === other ? 0 : 1),
        ),
      )
    before = now
  }
  return before[b.length] ?? 0
}
