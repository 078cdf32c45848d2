const secret = ['LOCKSTEP_KEY', 'LOCKSTEP_SMTP_URL', 'LOCKSTEP_DATABASE_URL', 'LOCKSTEP_TOKEN'] as const

/** The environment as it was given; what is secret in it is taken out, so that no program that we start inherits it. */
export function takeSecrets(env: NodeJS.ProcessEnv): Readonly<NodeJS.ProcessEnv> {
  const given = { ...env }
  for (const name of secret) delete env[name]
  return given
}
