// Where the tiles of a stage go. Pure geometry: counts and sizes in, rectangles out.

export interface Rect {
  x: number
  y: number
  w: number
  h: number
}

export interface Grid {
  rects: Rect[]
  /** How many tiles a page holds. */
  perPage: number
}

export interface StageLayout extends Grid {
  /** Of a person: 16:9, so that a camera's picture is never cropped. */
  main: Rect
  /** All the room there is for it: of a shared screen, which has any shape. */
  room: Rect
}

const GAP_PX = 8
const WIDEST = 16 / 9
const MIN_TILE = { wide: 220, narrow: 150 }

function best(count: number, width: number, height: number, narrowest: number) {
  let found = { cols: 1, rows: count, w: 0, h: 0 }
  for (let cols = 1; cols <= count; cols++) {
    const rows = Math.ceil(count / cols)
    const cellW = (width - GAP_PX * (cols - 1)) / cols
    const cellH = (height - GAP_PX * (rows - 1)) / rows
    if (cellW <= 0 || cellH <= 0) continue
    const ratio = Math.min(WIDEST, Math.max(narrowest, cellW / cellH))
    const w = Math.min(cellW, cellH * ratio)
    const h = w / ratio
    if (w * h > found.w * found.h * 1.001) found = { cols, rows, w, h }
  }
  return found
}

/** Tiles as large as they can be, all of one size, the last row centred. */
export function gallery(count: number, width: number, height: number, most: number): Grid {
  const portrait = height > width
  const narrowest = portrait ? 3 / 4 : 4 / 3
  const least = portrait ? MIN_TILE.narrow : MIN_TILE.wide
  let perPage = Math.max(1, most)
  while (perPage > 1 && best(perPage, width, height, narrowest).w < Math.min(least, width)) perPage--
  const shown = Math.min(count, perPage)
  if (shown === 0) return { rects: [], perPage }
  const { cols, rows, w, h } = best(shown, width, height, narrowest)
  const top = (height - rows * h - (rows - 1) * GAP_PX) / 2
  const rects: Rect[] = []
  for (let i = 0; i < shown; i++) {
    const row = Math.floor(i / cols)
    const inRow = row === rows - 1 ? shown - row * cols : cols
    const left = (width - inRow * w - (inRow - 1) * GAP_PX) / 2
    const x = left + (i - row * cols) * (w + GAP_PX)
    rects.push({ x, y: top + row * (h + GAP_PX), w, h })
  }
  return { rects, perPage }
}

/** An upright stage, or an upright phone's of which large type left little. */
const isTall = (width: number, height: number): boolean =>
  height > width || (width < 560 && height > width * 0.7)

/** One large picture, never cropped by its place: 16:9. */
function widest(x: number, y: number, width: number, height: number): Rect {
  const w = Math.min(width, height * WIDEST)
  const h = w / WIDEST
  return { x: x + (width - w) / 2, y: y + (height - h) / 2, w, h }
}

/** One large picture and a strip: at the right of a wide stage, below on a tall one. */
export function spotlight(count: number, width: number, height: number): StageLayout {
  if (count === 0) return alone(width, height)
  return isTall(width, height) ? rowsBelow(count, width, height) : stripBeside(count, width, height)
}

/** Nothing but one picture, at the top of a tall stage. */
export function alone(width: number, height: number): StageLayout {
  return { main: top(width, height), room: { x: 0, y: 0, w: width, h: height }, rects: [], perPage: 1 }
}

function top(width: number, height: number): Rect {
  const main = widest(0, 0, width, height)
  return isTall(width, height) ? { ...main, y: 0 } : main
}

function stripBeside(count: number, width: number, height: number): StageLayout {
  const w = Math.round(Math.min(264, Math.max(150, width * 0.19)))
  const h = w / WIDEST
  const perPage = Math.max(1, Math.floor((height + GAP_PX) / (h + GAP_PX)))
  const shown = Math.min(count, perPage)
  const first = (height - shown * h - (shown - 1) * GAP_PX) / 2
  const x = width - w
  const rects = Array.from({ length: shown }, (_, i) => ({ x, y: first + i * (h + GAP_PX), w, h }))
  const room = { x: 0, y: 0, w: x - GAP_PX, h: height }
  return { main: widest(0, 0, room.w, room.h), room, rects, perPage }
}

/** Two or three beside each other, as many rows as there is room for; at least one. */
function rowsBelow(count: number, width: number, height: number): StageLayout {
  const cols = width >= 560 ? 3 : 2
  const w = (width - GAP_PX * (cols - 1)) / cols
  const h = w / WIDEST
  const rowsWanted = Math.ceil(count / cols)
  const whole = top(width, height)
  const rows = Math.max(1, Math.min(rowsWanted, Math.floor((height - whole.h) / (h + GAP_PX))))
  const left = height - rows * (h + GAP_PX)
  const main = left >= whole.h ? whole : { ...widest(0, 0, width, left), y: 0 }
  const perPage = rows * cols
  const rects = Array.from({ length: Math.min(count, perPage) }, (_, i) => ({
    x: (i % cols) * (w + GAP_PX),
    y: main.h + GAP_PX + Math.floor(i / cols) * (h + GAP_PX),
    w,
    h,
  }))
  return { main, room: { x: 0, y: 0, w: width, h: main.h }, rects, perPage }
}
