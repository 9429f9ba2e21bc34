// Asks once before what cannot be undone, naming the thing.
import { shallowRef } from 'vue'

export interface Question {
  title: string
  text: string
  yes: string
  /** What the other button says, where 取消 could be taken for the thing itself. */
  no?: string
  danger: boolean
  /** There is nothing to choose: it is only told, by `yes`. */
  told?: boolean
  /** A second way to do it, which goes further: `more`. */
  more?: string
  answer: (yes: boolean | 'more') => void
}

export const question = shallowRef<Question | null>(null)

export async function confirm(ask: Omit<Question, 'answer' | 'more'>): Promise<boolean> {
  return (await choose(ask)) === true
}

/** What nobody may miss: it stays until it is pressed. */
export async function tell(what: Pick<Question, 'title' | 'text' | 'yes'>): Promise<void> {
  await choose({ ...what, danger: false, told: true })
}

/** Like `confirm`, where there may be two ways to say yes. */
export function choose(ask: Omit<Question, 'answer'>): Promise<boolean | 'more'> {
  question.value?.answer(false)
  return new Promise((resolve) => {
    question.value = {
      ...ask,
      answer: (yes) => {
        question.value = null
        resolve(yes)
      },
    }
  })
}
