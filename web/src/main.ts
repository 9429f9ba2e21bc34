import { createApp, watch } from 'vue'
import App from './App.vue'
import { appearFor, followAppearance } from './composables/useAppearance'
import { useSession } from './composables/useSession'
import { followInstall } from './composables/useInstall'
import { followTitle } from './composables/useTitle'
import { router } from './router'
import './styles/tokens.css'
import './styles/base.css'

followAppearance()
followInstall()
const { session } = useSession()
watch(() => session.value?.person.id, (person) => person && appearFor(person))
followTitle(router)
createApp(App).use(router).mount('#app')
