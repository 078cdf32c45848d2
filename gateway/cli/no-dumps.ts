import { writeFileSync } from 'node:fs'

/** What is in memory stays there: no debugger by a signal, no report, and a core file without contents where one is written. */
export function refuseDumps(): void {
  process.on('SIGUSR1', () => {})
  process.report.reportOnFatalError = false
  process.report.reportOnUncaughtException = false
  try {
    writeFileSync('/proc/self/coredump_filter', '0')
  } catch {
    // Only Linux has it; elsewhere the service manager limits the size of core files.
  }
}
