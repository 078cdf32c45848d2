/** Where things stand in a JSON text, so that a message can name the line. Offsets count UTF-16 units from 0. */
export type Places = {
  /** Where the first thing stands that is not JSON; undefined when all of it is. */
  error: number | undefined
  /** Offset of each key or element by its path: `listen.port`, `allowedClouds.0`. */
  at: ReadonlyMap<string, number>
}

/** Reads a JSON text for its places alone. JSON.parse names no place in much of what it refuses. */
export function placesIn(text: string): Places {
  const at = new Map<string, number>()
  const end = value(text, space(text, 0), '', at)
  const after = end < 0 ? end : space(text, end)
  return { error: after < 0 ? -after - 1 : after < text.length ? after : undefined, at }
}

/** The line of an offset, counted from 1. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

// Each reader takes the offset where its thing begins and gives the one behind it, or -1 - offset of what is wrong.
const wrong = (offset: number) => -1 - offset
const token =
  /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

function space(text: string, from: number): number {
  let offset = from
  while (offset < text.length && ' \t\r\n'.includes(text.charAt(offset))) offset++
  return offset
}

function value(text: string, from: number, path: string, at: Map<string, number>): number {
  if (text[from] === '{') return list(text, from, '}', (offset) => member(text, offset, path, at))
  if (text[from] === '[') {
    return list(text, from, ']', (offset, index) => {
      at.set(join(path, String(index)), offset)
      return value(text, offset, join(path, String(index)), at)
    })
  }
  return simple(text, from)
}

function list(text: string, from: number, close: string, item: (offset: number, index: number) => number): number {
  let offset = space(text, from + 1)
  if (text[offset] === close) return offset + 1
  for (let index = 0; ; index++) {
    const end = item(offset, index)
    if (end < 0) return end
    const next = space(text, end)
    if (text[next] === close) return next + 1
    if (text[next] !== ',') return wrong(next)
    offset = space(text, next + 1)
  }
}

function member(text: string, from: number, path: string, at: Map<string, number>): number {
  if (text[from] !== '"') return wrong(from)
  const end = simple(text, from)
  if (end < 0) return end
  const key = join(path, String(JSON.parse(text.slice(from, end))))
  at.set(key, from)
  const colon = space(text, end)
  return text[colon] === ':' ? value(text, space(text, colon + 1), key, at) : wrong(colon)
}

function simple(text: string, from: number): number {
  token.lastIndex = from
  return token.test(text) ? token.lastIndex : wrong(from)
}

const join = (path: string, key: string) => (path === '' ? key : `${path}.${key}`)
