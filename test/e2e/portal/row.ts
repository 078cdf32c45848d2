import type { Stage, Visit } from '../../support/portal-stage.ts'

/** One state of one page: what it is called, what its heading says in English, and how people get there. */
export type Row = {
  name: string
  heading: string
  /** Runs once for each way of visiting; leaves the tab at the page. */
  reach(visit: Visit, stage: Stage): Promise<unknown>
  /** Whether it exists without scripts, too; it does unless this says otherwise. */
  scriptsAlone?: true
}
