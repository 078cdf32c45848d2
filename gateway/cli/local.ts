import type { Role } from '@lockstep/shared/contract/user'
import { createDirectory, type Directory } from '../directory/directory.ts'
import type { Actor } from '../domain/actor.ts'
import { Secret } from '../domain/secret.ts'
import { openInstance } from '../instance.ts'
import { systemRuntime } from '../system-runtime.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Whoever may read the data folder and its key needs no other proof. */
const atTheMachine: Actor = { kind: 'cli', id: null, name: 'command line' }
const localTokenLifeMs = 10 * 60_000

/** Works on the directory of a data folder, whether or not a gateway serves it. */
async function inside<T>(folder: string, env: Environment, work: (directory: Directory) => Promise<T>): Promise<T> {
  const open = await openInstance(folder, env, systemRuntime)
  try {
    return await work(createDirectory(open))
  } finally {
    await open.close()
  }
}

export async function createAdmin(
  folder: string,
  env: Environment,
  admin: { email: string; name: string | undefined; password: string },
): Promise<void> {
  await inside(folder, env, (directory) =>
    directory.createAdmin(atTheMachine, {
      email: admin.email,
      displayName: admin.name,
      password: new Secret(admin.password),
    }),
  )
}

export async function createToken(
  folder: string,
  env: Environment,
  token: { name: string; role: Role; allow: readonly string[]; lifeMs: number },
): Promise<string> {
  return await inside(folder, env, (directory) => directory.createToken(atTheMachine, token))
}

/** An administrator's token for one command. */
export async function localToken(folder: string, env: Environment): Promise<string> {
  return await createToken(folder, env, { name: 'command line', role: 'admin', allow: [], lifeMs: localTokenLifeMs })
}
