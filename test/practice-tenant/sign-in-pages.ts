export type Page = { status: number; headers: Record<string, string>; body: string }

/** What was asked of the page, as the form sends it back. */
export type Form = [name: string, value: string][]

const html = { 'content-type': 'text/html; charset=utf-8' }

const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

const page = (body: string) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in to the practice tenant</title><body>${body}</body></html>`

/** Name and password; it stands where Microsoft's page would, and is no copy of it. */
export function formPage(asked: Form, reason: string | null = null): Page {
  const hidden = asked
    .map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`)
    .join('')
  const refused = reason === null ? '' : `<p role="alert">${escaped(reason)}</p>`
  const fields =
    '<p><label>Account <input name="login" autocomplete="username"></label></p>' +
    '<p><label>Password <input name="passwd" type="password"></label></p>' +
    '<p><button>Sign in</button> <button name="cancel" value="1">Cancel</button></p>'
  const body = page(`<h1>Practice tenant</h1>${refused}<form method="post">${hidden}${fields}</form>`)
  return { status: 200, headers: html, body }
}

/** Told here, never to the address that is in doubt. */
export function refusalPage(code: number, text: string): Page {
  return { status: 400, headers: html, body: page(`<h1>Sorry</h1><p>AADSTS${code}: ${escaped(text)}</p>`) }
}
