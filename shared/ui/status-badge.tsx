/** How good or bad a state is; always shown with an icon and a word, never by colour alone. */
export type Tone = 'in_sync' | 'waiting' | 'failed' | 'note' | 'quiet'

const icons: Readonly<Record<Tone, string>> = {
  in_sync: 'M3.5 8.5l3 3 6-7',
  waiting: 'M8 4v4.5l3 1.5',
  failed: 'M8 4v5M8 11.8v.2',
  note: 'M8 7.2V12M8 4.2v.2',
  quiet: 'M4.5 8h7',
}

export function StatusIcon({ tone, size = 16 }: { tone: Tone; size?: number }) {
  return (
    <svg class={`ls-icon ls-${tone}`} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="8" />
      <path d={icons[tone]} />
    </svg>
  )
}

/** A state as icon, word and colour. */
export function StatusBadge({ tone, label }: { tone: Tone; label: string }) {
  return (
    <span class={`ls-badge ls-${tone}`}>
      <StatusIcon tone={tone} />
      <span>{label}</span>
    </span>
  )
}
