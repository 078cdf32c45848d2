import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { Problem } from './domain/problem.ts'
import type { Runtime } from './domain/runtime.ts'
import { readAssets, serveAssets } from './http/assets.ts'
import type { HttpEnv } from './http/env.ts'
import { language } from './http/language.ts'
import { layers } from './http/layers.ts'
import type { Log } from './http/settings.ts'
import { listen } from './listen.ts'
import { problemPage } from './portal/pages/problem-page.tsx'
import { type Instance, publicUrlOf } from './settings.ts'

/** All that is served without the right key: that the process lives, and that nothing else goes. Nothing is read or changed. */
export async function serveSealed(
  instance: Instance,
  { log, runtime, assetsFolder }: { log: Log; runtime: Runtime; assetsFolder: string },
) {
  const app = new Hono<HttpEnv>()
  const listening = await listen(getRequestListener(app.fetch, { overrideGlobalObjects: false }), instance.listen)
  const settings = {
    ...instance,
    publicUrl: publicUrlOf(instance, listening.port),
    listenHost: instance.listen.host,
    sendsMail: instance.mail !== null,
  }
  app.use(language(settings.language))
  layers(app, { settings, log, now: runtime.now, newId: runtime.newId, renderProblem: problemPage(settings).render })
  app.get('/assets/:name', serveAssets(await readAssets(assetsFolder)))
  app.get('/healthz', (c) => c.json({ ok: true }))
  app.all('*', () => {
    throw new Problem('sealed', 'Nothing is lost. Ask whoever runs this gateway: its log says what is missing.')
  })
  return { url: settings.publicUrl, port: listening.port, close: () => listening.close(0) }
}
