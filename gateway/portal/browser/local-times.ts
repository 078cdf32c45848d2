/** Shows points in time by the reader's own clock; the exact one appears on hover. */
export function localTimes(root: ParentNode): void {
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: 'short' })
  const day = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' })
  for (const element of root.querySelectorAll<HTMLTimeElement>('time[data-form]')) {
    const at = new Date(element.dateTime)
    const today = at.toDateString() === new Date().toDateString()
    element.title = at.toLocaleString(document.documentElement.lang)
    element.textContent = (element.dataset['form'] === 'clock' && today ? clock : day).format(at)
  }
}
