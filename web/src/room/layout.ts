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
  main: Rect | null
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

/** One large picture and a strip: at the right of a wide stage, below on a tall one. */
export function spotlight(count: number, width: number, height: number): StageLayout {
  if (count === 0) return { main: { x: 0, y: 0, w: width, h: height }, rects: [], perPage: 1 }
  return height > width ? stripBelow(count, width, height) : stripBeside(count, width, height)
}

function stripBeside(count: number, width: number, height: number): StageLayout {
  const w = Math.round(Math.min(264, Math.max(150, width * 0.19)))
  const h = w / WIDEST
  const perPage = Math.max(1, Math.floor((height + GAP_PX) / (h + GAP_PX)))
  const shown = Math.min(count, perPage)
  const top = (height - shown * h - (shown - 1) * GAP_PX) / 2
  const x = width - w
  const rects = Array.from({ length: shown }, (_, i) => ({ x, y: top + i * (h + GAP_PX), w, h }))
  return { main: { x: 0, y: 0, w: x - GAP_PX, h: height }, rects, perPage }
}

function stripBelow(count: number, width: number, height: number): StageLayout {
  const perPage = width >= 560 ? 4 : 3
  const w = (width - GAP_PX * (perPage - 1)) / perPage
  const h = Math.min(w * (4 / 3), height * 0.24)
  const shown = Math.min(count, perPage)
  const y = height - h
  const rects = Array.from({ length: shown }, (_, i) => ({ x: i * (w + GAP_PX), y, w, h }))
  return { main: { x: 0, y: 0, w: width, h: y - GAP_PX }, rects, perPage }
}
