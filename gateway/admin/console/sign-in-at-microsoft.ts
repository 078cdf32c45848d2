import type { Cloud } from '@lockstep/shared/contract/connection'
import { api } from './api.ts'

/** Leaves for Microsoft's sign-in page. It leads back to the connection. */
export async function signInAtMicrosoft(name: string, cloud: Cloud): Promise<void> {
  const { url } = await api.call('POST /connections/authorize', { body: { name, cloud } })
  location.assign(url)
}
