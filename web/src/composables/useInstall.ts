// Installing the application, where the browser offers it, and the worker without which it does not.
import { shallowRef } from 'vue'

interface InstallOffer extends Event {
  prompt(): Promise<unknown>
}

const offer = shallowRef<InstallOffer | null>(null)

/** From the beginning of the page: the browser says it once. */
export function followInstall(): void {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault() // its own banner would lie over the page
    offer.value = event as InstallOffer
  })
  addEventListener('appinstalled', () => (offer.value = null))
}

export function useInstall() {
  return {
    offer,
    async install() {
      const now = offer.value
      offer.value = null
      await now?.prompt()
    },
  }
}

/** Not on the way into a meeting, which has better things to load; pages of a plain address or of a private window do
 * without. */
export function keepWorker(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' }).catch(() => undefined)
}
