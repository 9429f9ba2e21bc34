// The live regions: what changed, said to people who do not see the screen.
import { ref } from 'vue'

export const politely = ref('')
export const urgently = ref('')
let flip = false

export function announce(text: string, urgent = false): void {
  // The same sentence twice must be a change, or it is read once.
  flip = !flip
  const region = urgent ? urgently : politely
  region.value = flip ? text : `${text}\u00a0`
}
