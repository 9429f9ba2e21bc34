// Asks once before what cannot be undone, naming the thing.
import { shallowRef } from 'vue'

export interface Question {
  title: string
  text: string
  yes: string
  /** What the other button says, where 取消 could be taken for the thing itself. */
  no?: string
  danger: boolean
  answer: (yes: boolean) => void
}

export const question = shallowRef<Question | null>(null)

export function confirm(ask: Omit<Question, 'answer'>): Promise<boolean> {
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
