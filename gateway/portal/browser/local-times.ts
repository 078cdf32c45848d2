/** From the largest unit down, in seconds. */
const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const
/** What is older is told by its date. */
const longestAgoSeconds = 7 * 86_400

/** Shows points in time by the reader's own clock; the exact one appears on hover. */
export function localTimes(root: ParentNode): void {
  const { lang } = document.documentElement
  const clock = new Intl.DateTimeFormat(lang, { timeStyle: 'short' })
  const day = new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short' })
  const ago = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' })
  for (const element of root.querySelectorAll<HTMLTimeElement>('time[data-form]')) {
    const at = new Date(element.dateTime)
    element.title = at.toLocaleString(lang)
    const seconds = Math.max(0, (Date.now() - at.getTime()) / 1_000)
    const today = at.toDateString() === new Date().toDateString()
    if (element.dataset['form'] === 'ago' && seconds < longestAgoSeconds) {
      const [unit, size] = units.find(([, length]) => seconds >= length) ?? (['minute', 60] as const)
      element.textContent = ago.format(-Math.floor(seconds / size), unit)
    } else element.textContent = (element.dataset['form'] === 'clock' && today ? clock : day).format(at)
  }
}
