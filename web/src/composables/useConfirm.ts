// Asks once before what cannot be undone, naming the thing.
import { shallowRef } from 'vue'

export interface Question {
  title: string
  text: string
  yes: string
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
