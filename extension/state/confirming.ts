import { type Client, ProblemError } from '@lockstep/shared/client/client'

/** Has the person confirm what the gateway does for people alone who did so lately, and asks it once more. */
export function confirming(client: Client, confirm: () => Promise<boolean>): Client {
  return {
    ...client,
    async call(route, input) {
      try {
        return await client.call(route, input)
      } catch (error) {
        const isAsked = error instanceof ProblemError && error.problem.code === 'step_up_needed'
        if (!isAsked || !(await confirm())) throw error
        return await client.call(route, input)
      }
    },
  }
}
