import { describe, expect, it } from 'vitest'
import { forcedChangeOn, type PageLike } from './forced-change.ts'

/** Just enough of a document for saved pages: tags are found in the text, by name and attribute. */
function pageOf(html: string): PageLike {
  const tags = [...html.matchAll(/<(meta|input|script)\b([^>]*)>([^<]*)/gi)].map(
    ([, name, attributes = '', text = '']) => ({
      name: name?.toLowerCase(),
      textContent: text,
      getAttribute: (wanted: string) => new RegExp(`\\b${wanted}="([^"]*)"`, 'i').exec(attributes)?.[1] ?? null,
    }),
  )
  const is = (tag: string, attribute: string, value: string) => (candidate: (typeof tags)[number]) =>
    candidate.name === tag && candidate.getAttribute(attribute)?.toLowerCase() === value.toLowerCase()
  return {
    querySelector(selector) {
      if (selector.startsWith('meta')) return tags.find(is('meta', 'name', 'PageID')) ?? null
      const fields = [
        is('input', 'id', 'newPassword'),
        is('input', 'name', 'newPassword'),
        is('input', 'name', 'newpasswd'),
      ]
      return tags.find((tag) => fields.some((matches) => matches(tag))) ?? null
    },
    querySelectorAll(selector) {
      if (selector.startsWith('script')) return tags.filter((tag) => tag.name === 'script' && !tag.getAttribute('src'))
      return tags.filter(is('input', 'type', 'password'))
    },
  }
}

const fields = `<input type="password" name="currentpasswd" id="currentPassword"><input type="password" name="newpasswd"
  id="newPassword"><input type="password" name="confirmnewpasswd" id="confirmNewPassword">`

const pages: [name: string, html: string, found: string | null][] = [
  ['the page’s own name', '<head><meta name="PageID" content="ConvergedChangePassword" />', 'meta'],
  ['the name before the rest has arrived', '<meta name="PageID" content="ConvergedChangePassword"', null],
  ['its inline configuration', '<script>$Config={"pgid":"ConvergedChangePassword","urlPost":"x"};</script>', 'config'],
  ['its fields alone', fields, 'fields'],
  [
    'an ordinary sign-in',
    '<meta name="PageID" content="ConvergedSignIn" /><input type="password" name="passwd">',
    null,
  ],
  [
    'a sign-in by its configuration',
    '<script>$Config={"pgid":"ConvergedSignIn"};</script><input type="password">',
    null,
  ],
  ['a page with another name, whatever its fields', `<meta name="PageID" content="ConvergedSignIn" />${fields}`, null],
  ['“keep me signed in”', '<meta name="PageID" content="KmsiInterrupt" />', null],
  ['proof by telephone', '<meta name="PageID" content="ConvergedTFA" />', null],
  ['one password field', '<input type="password" name="newPassword">', null],
  ['a script from elsewhere', '<script src="https://aadcdn.msauth.net/x.js"></script>', null],
]

describe('the forced change of a password at sign-in', () => {
  it.each(pages)('%s', (_, html, found) => {
    expect(forcedChangeOn(pageOf(html))).toBe(found)
  })

  it('no value of a field is ever asked for', () => {
    const asked: string[] = []
    const page = pageOf(fields)
    forcedChangeOn({
      querySelector: (selector) => {
        asked.push(selector)
        return page.querySelector(selector)
      },
      querySelectorAll: (selector) => {
        asked.push(selector)
        return page.querySelectorAll(selector)
      },
    })
    expect(asked.length).toBeGreaterThan(0)
    for (const selector of asked) expect(selector).not.toContain('value')
  })
})
