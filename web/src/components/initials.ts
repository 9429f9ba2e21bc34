// The surname of a Chinese name, the initials of any other.

const COMPOUND = [
  '欧阳',
  '司马',
  '上官',
  '诸葛',
  '东方',
  '皇甫',
  '尉迟',
  '公孙',
  '慕容',
  '令狐',
  '端木',
  '夏侯',
]

export function initialsOf(name: string): string {
  const clean = name.trim()
  if (clean === '') return '·'
  if (/^\p{Script=Han}/u.test(clean)) {
    return COMPOUND.find((surname) => clean.startsWith(surname)) ?? [...clean][0]!
  }
  const words = clean.split(/\s+/)
  const first = [...words[0]!][0]!
  const last = words.length > 1 ? [...words[words.length - 1]!][0]! : ''
  return (first + last).toUpperCase()
}

/** One of twelve hues that sit well on a dark tile. */
export function hueOf(seed: string): number {
  let hash = 0
  for (const char of seed) hash = (hash * 31 + char.codePointAt(0)!) >>> 0
  return [205, 190, 168, 150, 225, 250, 275, 320, 345, 18, 35, 95][hash % 12]!
}
