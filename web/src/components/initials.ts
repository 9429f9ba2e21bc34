// What stands in the circle of a person: the given name of a Chinese name (half a meeting shares three surnames), the
// first two characters of a place or an office, the initials of any other name.

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

/** Names of seats and roles rather than of people. */
const OFFICE = /(会场|持人|委员会?|代表|来宾|嘉宾|中心|[室组处局办会])$/

export function initialsOf(name: string): string {
  // What tells two of a name apart stands in brackets behind it (person_shown on the server).
  const clean = name.replace(/（[^（）]*）$/, '').trim()
  if (clean === '') return '·'
  const han = /^\p{Script=Han}+/u.exec(clean)?.[0]
  if (han) return givenNameOf([...han])
  const words = clean.split(/\s+/)
  const first = [...words[0]!][0]!
  const last = words.length > 1 ? [...words[words.length - 1]!][0]! : ''
  return (first + last).toUpperCase()
}

function givenNameOf(han: string[]): string {
  const whole = han.join('')
  const surname = COMPOUND.some((one) => whole.startsWith(one)) ? 2 : 1
  const given = han.slice(surname)
  if (given.length === 0) return whole
  return given.length > 2 || OFFICE.test(whole) ? han.slice(0, 2).join('') : given.join('')
}

/** One of twelve hues that sit well on a dark tile. */
export function hueOf(seed: string): number {
  let hash = 0
  for (const char of seed) hash = (hash * 31 + char.codePointAt(0)!) >>> 0
  return [205, 190, 168, 150, 225, 250, 275, 320, 345, 18, 35, 95][hash % 12]!
}
