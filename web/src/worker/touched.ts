// Where a touch on what was pushed leads: to a window whose page can be led to the messages, otherwise to a new one. The
// page goes there itself, as it may have something that is not saved yet; a meeting never answers, so it is never left.

/** Longer than a page takes that is awake; a browser lets a worker focus a window for about a second after a touch. */
export const ANSWER_MS = 500

/** A window of this application. */
export interface Page {
  postMessage(message: unknown, ports?: MessagePort[]): void
  focus(): Promise<unknown>
}

/** The first of them whose page says that it can be led (followPushes), or null. All are asked at once. */
function firstThatOpens(pages: readonly Page[]): Promise<Page | null> {
  if (pages.length === 0) return Promise.resolve(null)
  const channels = pages.map((page) => ({ page, channel: new MessageChannel() }))
  return new Promise<Page | null>((resolve) => {
    const timer = setTimeout(() => done(null), ANSWER_MS)
    function done(page: Page | null) {
      clearTimeout(timer)
      for (const { channel } of channels) channel.port1.close()
      resolve(page)
    }
    for (const { page, channel } of channels) {
      channel.port1.onmessage = () => done(page)
      page.postMessage({ type: 'opens' }, [channel.port2])
    }
  })
}

export async function lead(pages: readonly Page[], to: string, openWindow: (url: string) => Promise<unknown>): Promise<void> {
  const page = await firstThatOpens(pages)
  const isFront = await page?.focus().then(
    () => true,
    () => false,
  )
  if (page && isFront) page.postMessage({ type: 'open', to })
  else await openWindow(to)
}
