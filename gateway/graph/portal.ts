import type { PreflightCheck } from '@lockstep/shared/contract/connection'

/** Where administrators of a national cloud work ("National cloud deployments", read 2026-11-23), by the host of its Graph. */
const portals: Record<string, string> = {
  'graph.microsoft.us': 'portal.azure.us',
  'dod-graph.microsoft.us': 'portal.azure.us',
  'microsoftgraph.chinacloudapi.cn': 'portal.azure.cn',
}

/** Null for the global cloud and for what we do not know: there "Entra" says enough. */
export const portalOf = (graph: string): string | null => portals[new URL(graph).hostname] ?? null

/** What to do in a national cloud is done in its own portal. */
export const atPortal =
  (portal: string | null) =>
  (check: PreflightCheck): PreflightCheck =>
    check.remedy === null || portal === null
      ? check
      : { ...check, remedy: `${check.remedy} The portal of this cloud is ${portal}.` }
