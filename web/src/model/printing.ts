// Whether this server makes PDFs: asked once, as it is the same for all forms of a page.
import { api } from '@/composables/useSession'

let asked: Promise<boolean> | null = null

export function canConvert(): Promise<boolean> {
  asked ??= api
    .inBackground(() => api.call('getPrinting'))
    .then(({ pdf }) => pdf)
    .catch(() => {
      asked = null
      return false
    })
  return asked
}
