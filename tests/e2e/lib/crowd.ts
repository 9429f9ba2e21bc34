// Hundreds of participants in a page that is in a meeting, without anybody there.

/** Runs in the page: the server's messages, on the socket that is there. */
export function crowd(count: number): void {
  const page = window as unknown as { yishiSockets: WebSocket[]; yishiDelta: (rev: number, changed: number) => void }
  const surnames = '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧'
  const given = '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华文辉建国春梅松岩柏青清和'
  const item = (i: number, mic = false) => ({
    pid: `f${String(i).padStart(15, '0')}`, person: `p${i}`, capacity: i % 50 ? 'attend' : 'observe', deputy: false, kind: 'member', device: i % 3 ? 'desktop' : 'phone',
    name: surnames[(i * 7) % surnames.length]! + given[(i * 3) % given.length]! + given[(i * 11) % given.length]!,
    mic, camera: false, screen: false, hand: false, hand_at: 0, away: false, joined_at: 1,
  })
  const say = (message: object) => {
    const socket = page.yishiSockets[page.yishiSockets.length - 1]!
    socket.onmessage?.(new MessageEvent('message', { data: JSON.stringify(message) }))
  }
  const delta = (rev: number, joined: object[], changed: object[]) =>
    say({ t: 'roster_delta', rev, total: count + 1, joined, changed, left: [], partial: false })
  for (let first = 0; first < count; first += 50) delta(1000 + first, Array.from({ length: 50 }, (_, i) => item(first + i)), [])
  page.yishiDelta = (rev, changed) => delta(5000 + rev, [], Array.from({ length: changed }, (_, i) => item((rev * 37 + i) % count, rev % 2 === 0)))
}
