import { useRouter } from 'vue-router'
import { useSession } from '@/composables/useSession'

/** Signs out, and goes where one signs in. */
export function useLeave(): () => Promise<void> {
  const { signOut } = useSession()
  const router = useRouter()
  return async () => {
    await signOut()
    await router.push('/login')
  }
}
