import { useRouter } from 'vue-router'
import { useSession } from '@/composables/useSession'
import { pushOff } from '@/domain/push_device/push'

/** Signs out, and goes where one signs in. */
export function useLeave(): () => Promise<void> {
  const { signOut } = useSession()
  const router = useRouter()
  return async () => {
    await pushOff()
    await signOut()
    await router.push('/login')
  }
}
