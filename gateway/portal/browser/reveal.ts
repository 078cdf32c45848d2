/** Adds a button to each password field that shows what was typed. */
export function revealButtons(root: ParentNode): void {
  for (const control of root.querySelectorAll<HTMLElement>('[data-reveal]')) {
    const input = control.querySelector('input')
    if (!input) continue
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'reveal'
    button.setAttribute('aria-controls', input.id)
    const show = (visible: boolean) => {
      input.type = visible ? 'text' : 'password'
      button.textContent = document.body.dataset[visible ? 'hide' : 'show'] ?? ''
      button.setAttribute('aria-pressed', String(visible))
    }
    button.addEventListener('click', () => show(input.type === 'password'))
    // Browsers offer to save what is in a password field when the form is sent.
    input.form?.addEventListener('submit', () => show(false))
    show(false)
    control.append(button)
  }
}
