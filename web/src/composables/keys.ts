// What a key means where somebody types. The one place: keys belong to the input method while it composes, and Safari
// says so only by the key code: its `keydown` of the Enter that chooses a word comes after `compositionend`, with
// isComposing false and keyCode 229 (WebKit bug 165004).
const OF_INPUT_METHOD = 229

type Key = Pick<KeyboardEvent, 'key' | 'isComposing' | 'keyCode' | 'shiftKey'>

export const ofInputMethod = ({ isComposing, keyCode }: Key): boolean => isComposing || keyCode === OF_INPUT_METHOD

/** Enter sends what was written; with Shift it is a new line. */
export const sends = (event: Key): boolean => event.key === 'Enter' && !event.shiftKey && !ofInputMethod(event)

/** Escape closes; while composing it only takes the half word back. */
export const closes = (event: Key): boolean => event.key === 'Escape' && !ofInputMethod(event)
