// Filters of which several values may be ticked: a row is shown whose value is any of them. As the server takes them
// (model/several.h): what stands in a set that is known; in the address with commas between.
import type { SubjectMeta } from './meta'

/** Values of one filter that the server takes. */
export const SEVERAL_MOST = 50

export function takesSeveral(meta: SubjectMeta, name: string): boolean {
  const type = meta.fields[name]?.type
  return type === undefined ? name === 'state' || name === 'due' : type === 'word' || type === 'dict' || type === 'ref'
}

export const valuesOf = (said: string): string[] => said.split(',').filter(Boolean)

/** What the filter says when this value is ticked, or not any more. */
export const withTick = (values: readonly string[], value: string, on: boolean): string[] =>
  on ? [...values.filter((one) => one !== value), value] : values.filter((one) => one !== value)
