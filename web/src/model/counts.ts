// A list counted by one of its filters, as the server answers it (model/count.h).
export interface CountRow {
  /** As the filter takes it; null: rows that have none. */
  value: string | boolean | null
  label: string
  count: number
}

export interface Counts {
  by: string
  items: CountRow[]
  total: number
  /** A row may have several of the values: the numbers are more than the total together. */
  several: boolean
}

/** The bar of a number, where the longest is of `most`; what is there is seen. */
export const barOf = (count: number, most: number): string => `${count === 0 ? 0 : Math.max(1, Math.round((100 * count) / most))}%`

export const shareText = (count: number, total: number): string => (total === 0 ? '–' : `${((100 * count) / total).toFixed(1)}%`)
