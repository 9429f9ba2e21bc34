/** As much as a badge has room for. */
const COUNT_MOST = 99

export const countText = (count: number): string => (count > COUNT_MOST ? `${COUNT_MOST}+` : String(count))
