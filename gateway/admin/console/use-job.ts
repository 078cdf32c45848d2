import type { Job } from '@lockstep/shared/contract/job'
import { useEffect, useState } from 'preact/hooks'
import { api } from './api.ts'

const askEveryMs = 700

/** Follows a job until it has ended, then calls `ended` once. */
export function useJob(id: string | null, ended: (job: Job) => void): Job | null {
  const [job, setJob] = useState<Job | null>(null)
  useEffect(() => {
    setJob(null)
    if (id === null) return
    let timer: ReturnType<typeof setTimeout> | undefined
    let left = false
    const look = async () => {
      const now = await api.call('GET /jobs/{id}', { params: { id } }).catch(() => null)
      if (left) return
      if (now) setJob(now)
      if (now && now.state !== 'queued' && now.state !== 'running') ended(now)
      else timer = setTimeout(look, askEveryMs)
    }
    void look()
    return () => {
      left = true
      clearTimeout(timer)
    }
  }, [id])
  return job
}
