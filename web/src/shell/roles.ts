// What somebody is here, in words.
import { t } from '@/i18n'
import { sh, type ShellKey } from '@/i18n/shell'
import { shellZh } from '@/i18n/shell-zh'

/** Roles that this page knows no word for are left out. */
export function rolesText(roles: readonly string[]): string {
  const keys = roles.map((role) => `me.role_${role}`).filter((key): key is ShellKey => key in shellZh)
  return keys.map((key) => sh(key)).join(t('common.comma'))
}
