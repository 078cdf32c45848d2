import { useState } from 'preact/hooks'
import { type Refusal, refusalOf } from './api.ts'

/** Something that a button does: one at a time, its refusal to be shown. */
export function useAction() {
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  async function run(work: () => Promise<void>): Promise<void> {
    if (busy) return
    setBusy(true)
    setRefusal(null)
    try {
      await work()
    } catch (error) {
      setRefusal(refusalOf(error))
    } finally {
      setBusy(false)
    }
  }
  return { busy, refusal, run }
}
