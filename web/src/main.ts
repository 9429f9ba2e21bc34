import { createApp } from 'vue'
import App from './App.vue'
import { followAppearance } from './composables/useAppearance'
import { followTitle } from './composables/useTitle'
import { router } from './router'
import './styles/tokens.css'
import './styles/base.css'

followAppearance()
followTitle(router)
createApp(App).use(router).mount('#app')
