/** One figure beside what it is measured against in the same run. */
export type Row = { what: string; measured: string; against: string; bar: string }

export function markdown(rows: readonly Row[]): string {
  const lines = rows.map(({ what, measured, against, bar }) => `| ${what} | ${measured} | ${against} | ${bar} |`)
  return ['| what | measured | against | bar |', '| --- | --- | --- | --- |', ...lines, ''].join('\n')
}

/** The value below which this share of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

export const ms = (value: number) => `${value.toFixed(1)} ms`
