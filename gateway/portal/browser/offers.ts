/** Shows what only a browser with scripts can do: signing in with a passkey, and printing. */
export function offers(root: ParentNode): void {
  const passkeys = 'PublicKeyCredential' in window
  for (const form of root.querySelectorAll<HTMLElement>('[data-needs-passkeys]')) form.hidden = !passkeys
  for (const button of root.querySelectorAll<HTMLElement>('[data-print]')) {
    button.hidden = false
    button.addEventListener('click', () => print())
  }
}
