import { ref, type Ref } from 'vue'
import { useRouter } from 'vue-router'
import { confirm } from '@/composables/useConfirm'
import { problemText } from '@/composables/useProblem'
import { api, useSession } from '@/composables/useSession'
import { pushOff } from '@/domain/push_device/push'
import { t } from '@/i18n'
import { sh } from '@/i18n/shell'
import { draftsLeft, dropDrafts } from '@/model/drafts'
import { isUnsaved } from '@/model/unsaved'
import { ApiError } from '@/sdk/api'

/** Signing out waits no longer for the pushes to end. */
export const PUSH_OFF_MS = 2000

async function endPushes(): Promise<void> {
  let isLate = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const waited = new Promise<void>((resolve) => (timer = setTimeout(resolve, PUSH_OFF_MS)))
  await Promise.race([pushOff(() => isLate).catch(() => undefined), waited])
  clearTimeout(timer)
  isLate = true
}

/** Throws when the server has not said that it is done: whoever uses the browser next would still be this person. */
async function signOut(): Promise<void> {
  await api.call('deleteSession').catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.status !== 401) throw error
  })
  useSession().set(null)
}

/** Signs out, and goes where one signs in. Who could not be signed out is told so, and stays on the page as who he is. */
export function useLeave(): { leaving: Readonly<Ref<boolean>>; leave: () => Promise<void> } {
  const router = useRouter()
  const leaving = ref(false)

  async function isOut(): Promise<boolean> {
    leaving.value = true
    try {
      await endPushes()
      await signOut()
      return true
    } catch (error) {
      const text = sh('me.still_in_text', { problem: problemText(error) })
      const again = await confirm({ title: sh('me.still_in'), text, yes: t('common.retry'), danger: false })
      return again && isOut()
    } finally {
      leaving.value = false
    }
  }

  /** Drafts are for nobody else: whoever has some is asked before they go with him. */
  async function isSure(person: string): Promise<boolean> {
    const left = isUnsaved() || (await draftsLeft(person).catch(() => 0)) > 0
    return !left || confirm({ title: sh('me.drafts'), text: sh('me.drafts_text'), yes: sh('me.drafts_yes'), danger: true })
  }

  async function leave(): Promise<void> {
    const person = useSession().session.value?.person.id ?? ''
    if (leaving.value) return
    leaving.value = true
    if (!(await isSure(person))) return void (leaving.value = false)
    if (!(await isOut())) return
    await router.push('/login') // the forms close, and keep nothing any more
    await dropDrafts(person).catch(() => undefined)
  }
  return { leaving, leave }
}
