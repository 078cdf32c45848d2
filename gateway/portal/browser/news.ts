/** What stands on top of the page without scripts is a window of its own with them, and takes the focus. */
export function newsWindow(root: ParentNode): void {
  const news = root.querySelector<HTMLDialogElement>('dialog.news')
  if (!news) return
  news.close()
  news.showModal()
}
