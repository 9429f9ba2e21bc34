// The document's title: what a page says of itself (a meeting's name), otherwise its route's words.
import { onScopeDispose, ref, watchEffect } from 'vue'
import type { Router } from 'vue-router'
import { t } from '@/i18n'

const own = ref('')

export function useTitle(words: () => string): void {
  watchEffect(() => (own.value = words()))
  onScopeDispose(() => (own.value = ''))
}

export function followTitle(router: Router): void {
  watchEffect(() => {
    const { title } = router.currentRoute.value.meta
    const words = own.value || (title ? t(title) : '')
    document.title = words ? `${words} · ${t('app.name')}` : t('app.title')
  })
}
