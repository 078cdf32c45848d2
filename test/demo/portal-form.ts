/** Signs in and changes the password as a browser without scripts does: two forms and a cookie. */
export async function portalForm(url: string, email: string, password: string, newPassword: string): Promise<void> {
  const signedIn = await post(url, '/portal/login', { email, password, to: 'password', reason: 'change' })
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0]
  if (signedIn.status !== 303 || cookie === undefined)
    throw new Error(`The portal did not sign ${email} in (${signedIn.status}).`)
  const changed = await post(
    url,
    '/portal/password',
    { currentPassword: password, newPassword, reason: 'change' },
    cookie,
  )
  if (changed.status !== 303) throw new Error(`The portal did not take the new password (${changed.status}).`)
}

async function post(url: string, path: string, fields: Record<string, string>, cookie?: string): Promise<Response> {
  return await fetch(url + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: new URL(url).origin, 'sec-fetch-site': 'same-origin', ...(cookie !== undefined && { cookie }) },
    body: new URLSearchParams(fields),
  })
}
