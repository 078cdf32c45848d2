import type { BarWords } from '../../state/messages.ts'

const style = `
:host { all: initial }
section { position: fixed; inset: 0 0 auto 0; z-index: 2147483647; display: flex; flex-wrap: wrap; gap: 8px 16px;
  align-items: center; padding: 12px 16px; box-sizing: border-box; font: 16px/24px system-ui, sans-serif;
  background: #ffffff; color: #1b1f27; border-bottom: 3px solid #3b4fc4; box-shadow: 0 2px 12px rgb(0 0 0 / .25) }
p { margin: 0; flex: 1 1 280px }
a, button { font: inherit; font-weight: 600; border-radius: 8px; min-height: 36px; padding: 0 16px; cursor: pointer;
  box-sizing: border-box; display: inline-flex; align-items: center; text-decoration: none; border: 1px solid #3b4fc4 }
a { background: #3b4fc4; color: #ffffff }
button { background: none; color: inherit; border-color: #d8dce2 }
a:focus-visible, button:focus-visible { outline: 2px solid #3b4fc4; outline-offset: 2px }
@media (prefers-color-scheme: dark) {
  section { background: #16181d; color: #eceef2; border-color: #9aa8ff }
  a { background: #9aa8ff; color: #10131c; border-color: #9aa8ff }
  button { border-color: #383d47 }
  a:focus-visible, button:focus-visible { outline-color: #9aa8ff }
}`

/** Puts the bar over the page, closed off from the page's own styles and scripts. */
export function showBar(bar: BarWords, target: string): void {
  const host = document.createElement('lockstep-bar')
  const root = host.attachShadow({ mode: 'closed' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(style)
  root.adoptedStyleSheets = [sheet]
  const section = document.createElement('section')
  section.setAttribute('role', 'alert')
  const text = document.createElement('p')
  text.textContent = bar.text
  const link = document.createElement('a')
  link.textContent = bar.button
  link.href = target
  link.rel = 'noreferrer'
  const close = document.createElement('button')
  close.textContent = bar.close
  close.addEventListener('click', () => host.remove())
  section.append(text, link, close)
  root.append(section)
  document.documentElement.append(host)
}
