import { isLocale, type Locale, locales } from '@lockstep/shared/messages/locale'
import type { Context, MiddlewareHandler } from 'hono'
import { every } from 'hono/combine'
import { setCookie } from 'hono/cookie'
import { languageDetector } from 'hono/language'
import type { HttpEnv } from './env.ts'

const cookie = '__Host-lockstep-language'
const yearSeconds = 365 * 86_400

/** Finds out a reader's language: the one chosen with `?lang=`, which is remembered, else the browser's, else ours. */
export function language(fallback: Locale): MiddlewareHandler<HttpEnv> {
  const detect = languageDetector({
    order: ['querystring', 'cookie', 'header'],
    lookupQueryString: 'lang',
    lookupCookie: cookie,
    supportedLanguages: [...locales],
    fallbackLanguage: fallback,
    caches: false,
  })
  return every(detect, async (c, next) => {
    const chosen = c.req.query('lang')
    if (chosen !== undefined && isLocale(chosen))
      setCookie(c, cookie, chosen, { path: '/', secure: true, httpOnly: true, sameSite: 'Lax', maxAge: yearSeconds })
    await next()
  })
}

/** The language of this request, once it was found out. */
export function languageOf(c: Context<HttpEnv>): Locale | undefined {
  const found: string | undefined = c.get('language')
  return found !== undefined && isLocale(found) ? found : undefined
}
