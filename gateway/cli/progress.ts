import type { Job } from '@lockstep/shared/contract/job'
import type { Shell } from './shell.ts'

const barWidth = 24

/** Shows how far a job is: a bar that stays in place on a terminal, a line per noticeable step elsewhere. */
export function progress(shell: Shell, label: string): { show(job: Job): void; end(): void } {
  let shown = ''
  return {
    show(job) {
      const text = shell.terminal ? bar(label, job) : step(label, job)
      if (text === shown) return
      shown = text
      shell.err(shell.terminal ? `\r\u001b[K${text}` : `${text}\n`)
    },
    end() {
      if (shell.terminal && shown !== '') shell.err('\n')
    },
  }
}

function bar(label: string, job: Job): string {
  const share = job.total === 0 ? 0 : (job.done + job.failed) / job.total
  const filled = Math.round(share * barWidth)
  const left = job.etaSeconds === null ? '' : `, ${span(job.etaSeconds)} left`
  const failures = job.failed === 0 ? '' : `, ${job.failed} failed`
  return `${label} ${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${job.done + job.failed}/${job.total}${failures}${left}`
}

/** In tenths, so that a log does not fill with lines. */
function step(label: string, job: Job): string {
  if (job.total === 0) return `${label}: ${job.state}`
  const tenth = Math.floor(((job.done + job.failed) / job.total) * 10) * 10
  return `${label}: ${tenth} % of ${job.total}${job.failed === 0 ? '' : ', some failed'}`
}

function span(seconds: number): string {
  const rounded = Math.ceil(seconds)
  return rounded < 90 ? `${rounded} s` : `${Math.ceil(rounded / 60)} min`
}
