/** Says sentences of a catalogue, with `{name}` filled in as plain text. */
export function sayFrom<const Catalogue extends Readonly<Record<string, string>>>(catalogue: Catalogue) {
  return (key: keyof Catalogue & string, values: Readonly<Record<string, string>> = {}): string =>
    (catalogue[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}
