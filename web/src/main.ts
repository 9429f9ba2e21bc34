import { createApp } from 'vue'
import App from './App.vue'
import { followAppearance } from './composables/useAppearance'
import { router } from './router'
import './styles/tokens.css'
import './styles/base.css'

followAppearance()
createApp(App).use(router).mount('#app')
