// People by a list of names, as it stands in a letter or a table: each is one, or several, or nobody.
export interface Named {
  readonly id: string
  readonly name: string
  /** As others see it: namesakes with what tells them apart. */
  readonly shown: string
}

export interface Matched<Person> {
  readonly found: Person[]
  /** Names that several have. */
  readonly several: { readonly name: string; readonly people: Person[] }[]
  readonly none: string[]
}

/** Two characters are often set apart to be as wide as three: 王　伟. */
const closed = (text: string): string => text.normalize('NFKC').replace(/\s/g, '')

/** What stands in a line or between commas is a name with its blanks, or else several with blanks between. */
function namesIn(text: string, known: ReadonlyMap<string, unknown>): string[] {
  const pieces = text.split(/[\n\r\t,，、;；]/).filter((piece) => piece.trim() !== '')
  return pieces.flatMap((piece) => {
    const words = piece.normalize('NFKC').trim().split(/\s+/)
    return known.has(closed(piece)) || words.every((word) => [...word].length === 1) ? [closed(piece)] : words
  })
}

export function matchNames<Person extends Named>(text: string, people: readonly Person[]): Matched<Person> {
  const known = new Map<string, Person[]>()
  for (const person of people) {
    for (const name of new Set([closed(person.name), closed(person.shown)])) known.set(name, [...(known.get(name) ?? []), person])
  }
  const found = new Map<string, Person>()
  const several: { name: string; people: Person[] }[] = []
  const none: string[] = []
  for (const name of new Set(namesIn(text, known))) {
    const fits = known.get(name) ?? []
    if (fits.length === 1) found.set(fits[0]!.id, fits[0]!)
    else if (fits.length > 1) several.push({ name, people: fits })
    else none.push(name)
  }
  return { found: [...found.values()], several, none }
}
