export type Call = {
  method: string
  path: string
  query: URLSearchParams
  headers: Record<string, string>
  body: unknown
  origin: string
  batch: boolean
}
export type Reply = { status: number; headers: Record<string, string>; body: unknown; drop?: boolean }
