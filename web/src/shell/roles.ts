// What somebody is here, in words.
import { t } from '@/i18n'
import { sh } from '@/i18n/shell'
import type { PersonRole } from '@/domain/person/gen'

export const rolesText = (roles: readonly PersonRole[]): string =>
  roles.map((role) => sh(`role.${role}`)).join(t('common.comma'))
