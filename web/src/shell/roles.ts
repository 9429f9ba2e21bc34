// What somebody is here, in words.
import { t } from '@/i18n'
import { sh } from '@/i18n/shell'
import type { Role } from '@/sdk/api-types'

export const rolesText = (roles: readonly Role[]): string =>
  roles.map((role) => sh(`role.${role}`)).join(t('common.comma'))
