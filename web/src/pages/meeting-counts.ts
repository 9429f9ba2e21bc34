// How many of how many, by what is known: who is connected while it is live, who was confirmed when
// it is over; before anything was confirmed who came, and that it is still to be confirmed.
import { t } from '@/i18n'
import type { Meeting } from '@/domain/meeting/gen'

export function countsText({ state, counts }: Pick<Meeting, 'state' | 'counts'>): string {
  const { expected, here, came, attended } = counts
  if (state === 'live') return t('home.here', { here, expected })
  if (state !== 'ended') return ''
  if (attended !== null) return t('home.here_confirmed', { here: attended, expected })
  return t('home.here_open', { here: came ?? 0, expected })
}

/** The same in a narrow column. */
export function countsShort({ state, counts }: Pick<Meeting, 'state' | 'counts'>): string {
  const { expected, here, came, attended } = counts
  if (state === 'live') return `${here} / ${expected}`
  return state === 'ended' ? `${attended ?? came ?? 0} / ${expected}` : String(expected)
}
