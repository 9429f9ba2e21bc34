// Why somebody else may see a record: who may ask it, and of which record an address speaks.
import { useSession } from '@/composables/useSession'
import { SECURITY } from '@/shell/readers'

/** As the server has it (server/model/why.c): whoever keeps the rights asks it also of records that he may not see himself. */
export const asksOfOthers = (): boolean => SECURITY.some((role) => useSession().session.value?.person.roles.includes(role))
