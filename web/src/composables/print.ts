// Paper holds the page's .print-sheet and nothing else of it (base.css).
import { nextTick } from 'vue'

export async function printSheet(): Promise<void> {
  await nextTick()
  const page = document.documentElement.classList
  page.add('printing')
  addEventListener('afterprint', () => page.remove('printing'), { once: true })
  window.print()
}
