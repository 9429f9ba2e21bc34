// Runs before the first paint, as a script of its own at the head of the page (build/early.ts): nobody who chose dark
// pages or large type sees light ones or small type first.
import { DARK_WISH, keptAppearance, showAppearance } from './composables/appearance'

showAppearance(keptAppearance(), matchMedia(DARK_WISH).matches)
