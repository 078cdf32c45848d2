/** A value in an OData string literal: quotes doubled, then percent-encoded for a query. */
const literal = (value: string) => encodeURIComponent(`'${value.replace(/'/g, "''")}'`)

/** Builds a query: `odata\`userPrincipalName eq ${value}\`` quotes and encodes every value that comes in. */
export function odata(strings: TemplateStringsArray, ...values: string[]): string {
  return strings.reduce((query, part, index) => {
    const value = values[index]
    return query + encodeURIComponent(part) + (value === undefined ? '' : literal(value))
  }, '')
}
